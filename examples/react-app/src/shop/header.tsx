import type { ReactElement } from 'react';
import { basket, useBasket } from '../basket/basket.ts';
import { useRenderCount } from './render-count.ts';

/** Name of the shop, the way around it and the basket. */
export function Header(): ReactElement {
  return (
    <header className="header" data-renders={useRenderCount()}>
      <a className="logo" href="#top" aria-label="Updraft, start of the page">
        <img src="/icon.svg" alt="" width="26" height="26" />
        Updraft
      </a>
      <nav aria-label="Shop">
        <a href="#kites">Kites</a>
        <a href="#workshop">Workshop</a>
      </nav>
      <BasketButton />
    </header>
  );
}

function BasketButton(): ReactElement {
  const { count } = useBasket();
  return (
    <button type="button" className="basket-button" onClick={() => basket.open()}>
      Basket
      <span key={count} className="basket-count" data-empty={count === 0}>
        {count}
      </span>
    </button>
  );
}
