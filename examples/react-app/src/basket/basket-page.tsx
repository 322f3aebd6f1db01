import { type ReactElement, useState } from 'react';
import { Why } from '../inspector/why.tsx';
import { euros } from '../shop/euros.ts';
import { useBasket } from './basket.ts';
import { Lines } from './lines.tsx';
import { usePlaceOrder } from './place-order.ts';
import { Sheet } from './sheet.tsx';
import { ShippingProgress, useShipping } from './shipping.tsx';

type BasketPageProps = { onClose: () => void; onOrder: (sentence: string) => void };

/** The older checkout: a page with two steps. */
export function BasketPage({ onClose, onOrder }: BasketPageProps): ReactElement {
  const [step, setStep] = useState<'basket' | 'delivery'>('basket');
  return (
    <Sheet title="Your basket" className="sheet-page" onClose={onClose}>
      <ol className="steps">
        <li aria-current={step === 'basket' ? 'step' : undefined}>1. Basket</li>
        <li aria-current={step === 'delivery' ? 'step' : undefined}>2. Delivery</li>
      </ol>
      {step === 'basket' ? (
        <BasketStep onNext={() => setStep('delivery')} />
      ) : (
        <DeliveryStep onOrder={onOrder} />
      )}
      <p className="note">
        This is the older checkout with two steps. <Why flag="new-checkout" />
      </p>
    </Sheet>
  );
}

function BasketStep({ onNext }: { onNext: () => void }): ReactElement {
  return (
    <>
      <Lines />
      <ShippingProgress />
      <Sums />
      <button type="button" className="button" onClick={onNext}>
        Go to delivery
      </button>
    </>
  );
}

function DeliveryStep({ onOrder }: Pick<BasketPageProps, 'onOrder'>): ReactElement {
  const placeOrder = usePlaceOrder(useShipping());
  return (
    <form
      className="delivery"
      onSubmit={(event) => {
        event.preventDefault();
        onOrder(placeOrder());
      }}
    >
      <label>
        Name
        <input name="name" autoComplete="name" required defaultValue="A. Flyer" />
      </label>
      <label>
        Address
        <input name="address" autoComplete="street-address" required defaultValue="Breakwater 3" />
      </label>
      <Sums />
      <button type="submit" className="button">
        Place the order
      </button>
    </form>
  );
}

function Sums(): ReactElement {
  const { total } = useBasket();
  const shipping = useShipping();
  return (
    <dl className="sums">
      <dt>Shipping</dt>
      <dd>{shipping === 0 ? 'free' : euros(shipping)}</dd>
      <dt>Total</dt>
      <dd className="sum">{euros(total + shipping)}</dd>
    </dl>
  );
}
