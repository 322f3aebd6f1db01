import { type ReactElement, useState } from 'react';
import { Why } from '../inspector/why.tsx';
import { euros } from '../shop/euros.ts';
import { useBasket } from './basket.ts';
import { GiftWrap, giftWrapPrice } from './gift-wrap.tsx';
import { Lines } from './lines.tsx';
import { usePlaceOrder } from './place-order.ts';
import { Sheet } from './sheet.tsx';
import { ShippingProgress, useShipping } from './shipping.tsx';

type BasketDrawerProps = { onClose: () => void; onOrder: (sentence: string) => void };

/** The new checkout: everything in one drawer, one button to pay. */
export function BasketDrawer({ onClose, onOrder }: BasketDrawerProps): ReactElement {
  const { total } = useBasket();
  const shipping = useShipping();
  const [isWrapped, setWrapped] = useState(false);
  const extras = shipping + (isWrapped ? giftWrapPrice : 0);
  const placeOrder = usePlaceOrder(extras);
  return (
    <Sheet title="Basket" className="sheet-drawer" onClose={onClose}>
      <ShippingProgress />
      <Lines />
      <GiftWrap isWrapped={isWrapped} onChange={setWrapped} />
      <footer className="sheet-foot">
        <dl className="sums">
          <dt>Shipping</dt>
          <dd>{shipping === 0 ? 'free' : euros(shipping)}</dd>
          <dt>Total</dt>
          <dd className="sum">{euros(total + extras)}</dd>
        </dl>
        <button type="button" className="button button-wide" onClick={() => onOrder(placeOrder())}>
          Pay {euros(total + extras)}
        </button>
        <p className="note">
          This drawer is the new checkout. <Why flag="new-checkout" />
        </p>
      </footer>
    </Sheet>
  );
}
