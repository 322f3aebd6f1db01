import type { CSSProperties, ReactElement } from 'react';
import { basket } from '../basket/basket.ts';
import { euros } from './euros.ts';
import { KitePicture } from './kite-picture.tsx';
import { type Kite, lightWind, strongWind } from './kites.ts';

/** All kites, by the wind they like. */
export function Catalogue(): ReactElement {
  return (
    <section id="kites" className="catalogue" aria-label="Kites">
      <Shelf
        id="light-wind"
        title="Light wind"
        about="4 to 14 knots, leaves rustle"
        kites={lightWind}
      />
      <Shelf
        id="strong-wind"
        title="Strong wind"
        about="8 to 28 knots, branches move"
        kites={strongWind}
      />
    </section>
  );
}

type ShelfProps = { id: string; title: string; about: string; kites: readonly Kite[] };

function Shelf({ id, title, about, kites }: ShelfProps): ReactElement {
  return (
    <section id={id} className="shelf" aria-labelledby={`${id}-title`}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        <p className="shelf-about">{about}</p>
      </header>
      <ul className="cards">
        {kites.map((kite) => (
          <li key={kite.id}>
            <Card kite={kite} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Card({ kite }: { kite: Kite }): ReactElement {
  const [from, to] = kite.wind;
  return (
    <article className="card">
      <div className="card-tile" style={{ '--tile': kite.tile } as CSSProperties}>
        <KitePicture kite={kite} />
        <span className="card-wind">
          {from}–{to} kn
        </span>
      </div>
      <h3>{kite.name}</h3>
      <p>{kite.about}</p>
      <div className="card-buy">
        <span className="card-price">{euros(kite.price)}</span>
        <button
          type="button"
          className="button button-small"
          aria-label={`Add ${kite.name} to the basket`}
          onClick={() => basket.add(kite)}
        >
          Add
        </button>
      </div>
    </article>
  );
}
