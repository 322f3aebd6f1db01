import type { ReactElement } from 'react';
import { KiteFigure } from './kite-picture.tsx';
import { type Kite, lightWind, strongWind } from './kites.ts';

type Flying = { kite: Kite | undefined; x: number; y: number; size: number; turn: number };

const flying: readonly Flying[] = [
  { kite: strongWind[0], x: 520, y: 24, size: 0.98, turn: 12 },
  { kite: lightWind[0], x: 700, y: 190, size: 0.62, turn: -10 },
  { kite: strongWind[2], x: 812, y: 46, size: 0.5, turn: 16 },
  { kite: lightWind[1], x: 392, y: 178, size: 0.42, turn: -14 },
];

/** Hills, a few flyers and their kites; decoration. */
export function HeroScene(): ReactElement {
  return (
    <svg
      className="hero-scene"
      viewBox="0 0 960 520"
      preserveAspectRatio="xMaxYMax slice"
      aria-hidden="true"
    >
      <circle className="scene-sun" cx="828" cy="372" r="92" />
      <path className="scene-hill-far" d="M0 470 Q 240 396 470 440 T 960 384 V520H0z" />
      <path className="scene-hill" d="M0 506 Q 300 440 560 478 T 960 440 V520H0z" />
      <g className="scene-lines">
        <path d="M634 122 Q 640 330 566 462" />
        <path d="M776 252 Q 786 380 706 458" />
        <path d="M872 98 Q 896 320 878 440" />
        <path d="M446 252 Q 470 380 486 456" />
      </g>
      {flying.map(({ kite, x, y, size, turn }) =>
        kite === undefined ? null : (
          <g key={kite.id} transform={`translate(${x} ${y}) scale(${size}) rotate(${turn} 120 110)`}>
            <g className={`scene-kite scene-kite-${kite.id}`}>
              <KiteFigure kite={kite} />
            </g>
          </g>
        ),
      )}
      <g className="scene-people">
        <Person x={560} y={462} />
        <Person x={700} y={458} />
        <Person x={872} y={440} />
        <Person x={481} y={456} />
      </g>
    </svg>
  );
}

function Person({ x, y }: { x: number; y: number }): ReactElement {
  return (
    <g transform={`translate(${x} ${y})`}>
      <circle cx="0" cy="-3" r="4.2" />
      <path d="M-4 3h8l1 13-2.500 0-.5 13h-4.400l-.5-13-2.500 0z" />
    </g>
  );
}
