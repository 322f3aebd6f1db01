import type { ShapeName } from './kite-shapes.ts';

/** A kite that the shop sells. */
export type Kite = {
  readonly id: ShapeName;
  readonly name: string;
  /** What it is, in a few words. */
  readonly about: string;
  /** Wind it likes, in knots. */
  readonly wind: readonly [from: number, to: number];
  /** Price in euros. */
  readonly price: number;
  /** Colour behind the picture. */
  readonly tile: string;
  /** Four colours of the cloth, in the order of the shape's pieces. */
  readonly cloth: readonly [string, string, string, string];
};

const blue = '#2b49ff';
const signal = '#ff5a36';
const sun = '#ffc53d';
const pink = '#ff9fc0';
const leaf = '#0c9c6a';
const sky = '#9fd3ff';
const ink = '#191c26';
const paper = '#fffdf6';

/** Kites that fly on a soft afternoon. */
export const lightWind: readonly Kite[] = [
  kite('eddy', 'Eddy', 'The classic bow, no tail needed', [5, 14], 64, '#cfe6ff', [
    signal,
    blue,
    sun,
    pink,
  ]),
  kite('delta', 'Gull', 'Wide delta that climbs on nothing', [4, 12], 92, '#ffe39a', [
    blue,
    sky,
    paper,
    signal,
  ]),
  kite('sode', 'Sode', 'Kimono shape from Kanto, silk-light', [5, 11], 118, '#ffd2de', [
    leaf,
    paper,
    ink,
    signal,
  ]),
  kite('serpent', 'Serpent', 'Six metres of tail for small hands', [5, 14], 38, '#cdf0dc', [
    signal,
    sun,
    blue,
    ink,
  ]),
];

/** Kites that want a real breeze. */
export const strongWind: readonly Kite[] = [
  kite('rokkaku', 'Rokkaku', 'Six-sided fighter, steady as a table', [8, 22], 136, '#dad5ff', [
    paper,
    blue,
    signal,
    ink,
  ]),
  kite('box', 'Hargrave', 'Box kite of 1893, still the best lifter', [12, 28], 148, '#ffd6c2', [
    leaf,
    sun,
    ink,
    pink,
  ]),
  kite('star', 'Barn Door', 'Three sticks, six panels, no mercy', [10, 24], 84, '#ffe39a', [
    pink,
    blue,
    signal,
    leaf,
  ]),
  kite('sled', 'Sled', 'Folds into a pocket, pulls like a dog', [10, 25], 52, '#cfe6ff', [
    blue,
    sun,
    signal,
    ink,
  ]),
];

function kite(
  id: ShapeName,
  name: string,
  about: string,
  wind: Kite['wind'],
  price: number,
  tile: string,
  cloth: Kite['cloth'],
): Kite {
  return { id, name, about, wind, price, tile, cloth };
}
