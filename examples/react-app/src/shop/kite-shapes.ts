/** Name of a shape that this file draws. */
export type ShapeName = 'eddy' | 'delta' | 'sode' | 'serpent' | 'rokkaku' | 'box' | 'star' | 'sled';

/** A piece of cloth: an outline, and which of the kite's four colours it has. */
export type Piece = readonly [outline: string, colour: 0 | 1 | 2 | 3];

/** The drawing of a kite in a square of 240 units. */
export type Shape = {
  readonly pieces: readonly Piece[];
  /** Sticks, drawn as thin lines over the cloth. */
  readonly sticks: string;
  /** Tail, drawn as a ribbon behind the cloth. */
  readonly tail?: string;
  /** Where the line to the hand is tied. */
  readonly tiedAt: readonly [x: number, y: number];
};

const shapes: Readonly<Record<ShapeName, Shape>> = {
  eddy: {
    pieces: [
      ['M120 20 56 86h64z', 0],
      ['M120 20l64 66h-64z', 1],
      ['M56 86h64v112z', 2],
      ['M184 86h-64v112z', 3],
    ],
    sticks: 'M120 20v178M56 86h128',
    tail: 'M120 198c-18 12 14 20-4 34',
    tiedAt: [120, 92],
  },
  delta: {
    pieces: [
      ['M120 34 14 156l62-16z', 0],
      ['M120 34 76 140l44 8z', 1],
      ['M120 34l106 122-62-16z', 0],
      ['M120 34l44 106-44 8z', 2],
      ['M120 62l-9 104 9 14 9-14z', 3],
    ],
    sticks: 'M120 34 14 156M120 34l106 122M62 101h116',
    tiedAt: [120, 172],
  },
  sode: {
    pieces: [
      ['M40 48h160v56h-44v92H84v-92H40z', 0],
      ['M104 48h32v148h-32z', 1],
      ['M40 48h20v56H40zM180 48h20v56h-20z', 2],
      ['M120 62a18 18 0 1 0 .1 0z', 3],
    ],
    sticks: 'M120 34v162M40 54h160M84 150h72',
    tiedAt: [120, 84],
  },
  serpent: {
    pieces: [
      ['M120 18c34 0 54 26 54 56 0 26-24 46-54 46S66 100 66 74c0-30 20-56 54-56z', 0],
      ['M72 96c10 16 28 24 48 24s38-8 48-24c-14-8-30-12-48-12s-34 4-48 12z', 1],
      ['M98 50a11 11 0 1 0 .1 0zM142 50a11 11 0 1 0 .1 0z', 3],
    ],
    sticks: 'M120 18v102M66 74h108',
    tail: 'M120 112c-64 22 66 36 8 62s-34 34 30 52',
    tiedAt: [120, 78],
  },
  rokkaku: {
    pieces: [
      ['M120 14l62 44v84l-62 44-62-44V58z', 0],
      ['M58 112h124v30l-62 44-62-44z', 1],
      ['M120 62a36 36 0 1 0 .1 0z', 2],
    ],
    sticks: 'M120 14v172M58 58h124M58 142h124',
    tiedAt: [120, 100],
  },
  box: {
    pieces: [
      ['M58 46l62-20 62 20-62 22z', 2],
      ['M58 46l62 22v44l-62-22z', 0],
      ['M182 46l-62 22v44l62-22z', 1],
      ['M58 132l62-20 62 20-62 22z', 2],
      ['M58 132l62 22v44l-62-22z', 3],
      ['M182 132l-62 22v44l62-22z', 0],
    ],
    sticks: 'M58 46v130M182 46v130M120 68v130',
    tiedAt: [120, 92],
  },
  star: {
    pieces: [
      ['M120 104 79 33h82z', 0],
      ['M120 104l41-71 41 71z', 1],
      ['M120 104h82l-41 71z', 2],
      ['M120 104l41 71H79z', 3],
      ['M120 104l-41 71-41-71z', 0],
      ['M120 104H38l41-71z', 2],
    ],
    sticks: 'M79 33l82 142M161 33 79 175M38 104h164',
    tail: 'M120 175c-20 18 16 26-2 50',
    tiedAt: [120, 104],
  },
  sled: {
    pieces: [
      ['M74 30 44 92l46 104z', 0],
      ['M166 30l30 62-46 104z', 0],
      ['M74 30h92l-16 166H90z', 1],
      ['M106 30h28l-6 166h-16z', 2],
      ['M92 120l10 34-6 4zM148 120l-10 34 6 4z', 3],
    ],
    sticks: 'M74 30l16 166M166 30l-16 166',
    tiedAt: [120, 110],
  },
};

/** The drawing with this name. */
export function shape(name: ShapeName): Shape {
  return shapes[name];
}
