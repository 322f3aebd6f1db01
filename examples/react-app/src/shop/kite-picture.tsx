import type { ReactElement } from 'react';
import { shape } from './kite-shapes.ts';
import type { Kite } from './kites.ts';

/** A kite in its colours, as a group inside a drawing of 240 units. */
export function KiteFigure({ kite }: { kite: Kite }): ReactElement {
  const { pieces, sticks, tail } = shape(kite.id);
  return (
    <g className="kite" strokeLinejoin="round">
      {tail === undefined ? null : (
        <>
          <path d={tail} className="kite-tail" stroke={kite.cloth[2]} />
          <path d={tail} className="kite-tail kite-tail-knots" stroke={kite.cloth[1]} />
        </>
      )}
      {pieces.map(([outline, colour]) => (
        <path key={outline} d={outline} fill={kite.cloth[colour]} />
      ))}
      <path d={sticks} className="kite-sticks" />
    </g>
  );
}

/** Picture of a kite on its tile; decoration, the name stands beside it. */
export function KitePicture({ kite }: { kite: Kite }): ReactElement {
  const [x, y] = shape(kite.id).tiedAt;
  return (
    <svg className="kite-picture" viewBox="0 0 240 260" aria-hidden="true">
      <circle className="kite-sun" cx="190" cy="64" r="46" />
      <path className="kite-line" d={`M${x} ${y} Q ${x + 30} 220 252 262`} />
      <g transform="rotate(-7 120 110)">
        <KiteFigure kite={kite} />
      </g>
    </svg>
  );
}
