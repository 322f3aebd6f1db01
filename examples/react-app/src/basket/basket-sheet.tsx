import { useFlag } from 'pennon/react';
import { type ReactElement, useState } from 'react';
import { defaults } from '../flags.ts';
import { basket, useBasket } from './basket.ts';
import { BasketDrawer } from './basket-drawer.tsx';
import { BasketPage } from './basket-page.tsx';
import { Sheet } from './sheet.tsx';

/** The basket, when it is open. */
export function BasketSheet(): ReactElement | null {
  const { isOpen, count } = useBasket();
  const [order, setOrder] = useState<string>();
  if (!isOpen) return null;

  const close = (): void => {
    setOrder(undefined);
    basket.close();
  };
  if (order !== undefined) return <Thanks order={order} onClose={close} />;
  if (count === 0) return <Nothing onClose={close} />;
  return <Checkout onClose={close} onOrder={setOrder} />;
}

type CheckoutProps = { onClose: () => void; onOrder: (sentence: string) => void };

/**
 * The boolean flag `new-checkout` chooses between the drawer and the older page
 * with two steps, even while either is open. It is read here and not earlier, so
 * that only visitors who open a full basket count as having seen a checkout.
 */
function Checkout(props: CheckoutProps): ReactElement {
  const isNew = useFlag('new-checkout', defaults['new-checkout']);
  return isNew ? <BasketDrawer {...props} /> : <BasketPage {...props} />;
}

function Nothing({ onClose }: { onClose: () => void }): ReactElement {
  return (
    <Sheet title="Basket" className="sheet-small" onClose={onClose}>
      <p>Nothing in here yet. The Serpent is a good first kite.</p>
      <button type="button" className="button" onClick={onClose}>
        Back to the kites
      </button>
    </Sheet>
  );
}

function Thanks({ order, onClose }: { order: string; onClose: () => void }): ReactElement {
  return (
    <Sheet title="Thank you." className="sheet-small" onClose={onClose}>
      <p>
        {order} The shop has told Pennon about this purchase with <code>client.track</code>, if you
        agreed to be counted.
      </p>
      <button type="button" className="button" onClick={onClose}>
        Back to the kites
      </button>
    </Sheet>
  );
}
