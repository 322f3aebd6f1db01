import { useFlag } from 'pennon/react';
import type { ReactElement } from 'react';
import { defaults } from '../flags.ts';

/** Price of gift wrap in euros. */
export const giftWrapPrice = 6;

type GiftWrapProps = { isWrapped: boolean; onChange: (isWrapped: boolean) => void };

/** Offers gift wrap where the flag `gift-wrap` is on; it needs `new-checkout` to be on first. */
export function GiftWrap({ isWrapped, onChange }: GiftWrapProps): ReactElement | null {
  const isOffered = useFlag('gift-wrap', defaults['gift-wrap']);
  if (!isOffered) return null;
  return (
    <label className="gift">
      <input
        type="checkbox"
        checked={isWrapped}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        <strong>Wrap it in sailcloth</strong> for €{giftWrapPrice}
      </span>
    </label>
  );
}
