import type { ReactElement } from 'react';
import { KiteFigure } from './kite-picture.tsx';
import { type Kite, lightWind, strongWind } from './kites.ts';

type Flying = { kite: Kite | undefined; x: number; y: number; size: number; turn: number };

const flying: readonly Flying[] = [
  { kite: strongWind[0], x: 540, y: 18, size: 0.98, turn: 12 },
  { kite: lightWind[0], x: 716, y: 196, size: 0.62, turn: -10 },
  { kite: strongWind[2], x: 812, y: 46, size: 0.5, turn: 16 },
  { kite: lightWind[1], x: 520, y: 268, size: 0.44, turn: -14 },
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
      <path
        className="scene-stars"
        d="M470 90h0M560 240h0M690 60h0M760 150h0M900 220h0M930 40h0M500 190h0M640 300h0M850 250h0M600 400h0M812 210h0"
      />
      <circle className="scene-sun" cx="828" cy="372" r="92" />
      <path className="scene-hill-far" d="M0 470 Q 240 396 470 440 T 960 384 V520H0z" />
      <path className="scene-hill" d="M0 506 Q 300 440 560 478 T 960 440 V520H0z" />
      <g className="scene-lines">
        <path d="M657 116 Q 690 330 640 462" />
        <path d="M790 253 Q 800 390 746 452" />
        <path d="M872 98 Q 896 320 878 440" />
        <path d="M576 342 Q 574 420 533 458" />
      </g>
      {flying.map(({ kite, x, y, size, turn }) =>
        kite === undefined ? null : (
          <g
            key={kite.id}
            transform={`translate(${x} ${y}) scale(${size}) rotate(${turn} 120 110)`}
          >
            <g className={`scene-kite scene-kite-${kite.id}`}>
              <KiteFigure kite={kite} />
            </g>
          </g>
        ),
      )}
      <g className="scene-people">
        <Person x={634} y={464} />
        <Person x={740} y={454} />
        <Person x={872} y={440} />
        <Person x={528} y={460} />
      </g>
    </svg>
  );
}

function Person({ x, y }: { x: number; y: number }): ReactElement {
  return (
    <g transform={`translate(${x} ${y})`}>
      <circle cx="0" cy="-3" r="4.2" />
      <path d="M-4 3h8l1 13-2.5 0-.5 13h-4.4l-.5-13-2.5 0z" />
    </g>
  );
}
