import { useClient } from 'pennon/react';
import { euros } from '../shop/euros.ts';
import { basket, useBasket } from './basket.ts';

/**
 * Returns what the pay button does: tell Pennon about the purchase with its
 * value, empty the basket, and say the sentence for the customer.
 */
export function usePlaceOrder(extras: number): () => string {
  const client = useClient();
  const { count, total } = useBasket();
  return () => {
    const value = total + extras;
    client.track('purchase', { value, properties: { kites: count } });
    basket.clear();
    return `${count === 1 ? 'One kite is' : `${count} kites are`} on the cutting table, for ${euros(value)}.`;
  };
}
