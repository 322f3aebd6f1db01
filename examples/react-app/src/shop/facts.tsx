import { useFlag } from 'pennon/react';
import type { ReactElement } from 'react';
import { defaults } from '../flags.ts';
import { Why } from '../inspector/why.tsx';
import { euros } from './euros.ts';
import { useRenderCount } from './render-count.ts';

/** Three reasons to buy here; the first is a number flag. */
export function Facts(): ReactElement {
  return (
    <ul className="facts">
      <ShippingFact />
      <li>
        <span>
          <strong>Sewn to order</strong> in six days
        </span>
      </li>
      <li>
        <span>
          <strong>Free repairs</strong> for life
        </span>
      </li>
    </ul>
  );
}

function ShippingFact(): ReactElement {
  const renders = useRenderCount();
  const from = useFlag('free-shipping-from', defaults['free-shipping-from']);
  return (
    <li data-testid="shipping" data-renders={renders}>
      <span key={from} className="fresh">
        <strong>Free shipping</strong> {from === 0 ? 'on every order' : `from ${euros(from)}`}
      </span>
      <Why flag="free-shipping-from" />
    </li>
  );
}
