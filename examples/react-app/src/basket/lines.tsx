import type { CSSProperties, ReactElement } from 'react';
import { euros } from '../shop/euros.ts';
import { KitePicture } from '../shop/kite-picture.tsx';
import { basket, useBasket } from './basket.ts';

/** What is in the basket. */
export function Lines(): ReactElement {
  const { lines } = useBasket();
  return (
    <ul className="lines">
      {lines.map(({ kite, count }) => (
        <li key={kite.id}>
          <span className="card-tile" style={{ '--tile': kite.tile } as CSSProperties}>
            <KitePicture kite={kite} />
          </span>
          <span className="line-name">
            <strong>{kite.name}</strong>
            <button
              type="button"
              className="link"
              aria-label={`Remove ${kite.name}`}
              onClick={() => basket.remove(kite)}
            >
              Remove
            </button>
          </span>
          <span className="line-price">
            {count > 1 ? `${count} × ` : ''}
            {euros(kite.price)}
          </span>
        </li>
      ))}
    </ul>
  );
}
