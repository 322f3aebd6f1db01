import { useFlag } from 'pennon/react';
import type { ReactElement } from 'react';
import { defaults } from '../flags.ts';
import { euros } from '../shop/euros.ts';
import { useBasket } from './basket.ts';

const parcel = 9;

/** Shipping in euros for a basket of this value: nothing from the threshold of the number flag on. */
export function useShipping(): number {
  const from = useFlag('free-shipping-from', defaults['free-shipping-from']);
  const { total } = useBasket();
  return total >= from ? 0 : parcel;
}

/** How far it is to free shipping. */
export function ShippingProgress(): ReactElement {
  const from = useFlag('free-shipping-from', defaults['free-shipping-from']);
  const { total } = useBasket();
  const missing = Math.max(0, from - total);
  return (
    <div className="shipping">
      <p aria-live="polite">
        {missing === 0 ? 'Shipping is on us.' : `${euros(missing)} to free shipping.`}
      </p>
      <progress max={from === 0 ? 1 : from} value={from === 0 ? 1 : Math.min(total, from)}>
        {missing === 0 ? 'reached' : `${euros(missing)} missing`}
      </progress>
    </div>
  );
}
