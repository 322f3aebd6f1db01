import type { ReactElement } from 'react';
import { basket } from '../basket/basket.ts';
import type { ShopFlag } from '../flags.ts';
import { select } from './selection.ts';

/** The small button beside everything that a flag decides: opens its explanation. */
export function Why({ flag }: { flag: ShopFlag }): ReactElement {
  return (
    <button
      type="button"
      className="why"
      title={`Why am I seeing this? (${flag})`}
      aria-label={`Why am I seeing this? Flag ${flag}`}
      onClick={() => {
        basket.close();
        select(flag);
      }}
    >
      ?
    </button>
  );
}
