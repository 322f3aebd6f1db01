import { useFlag } from 'pennon/react';
import type { ReactElement } from 'react';
import { defaults } from '../flags.ts';
import { Why } from '../inspector/why.tsx';
import { useRenderCount } from './render-count.ts';

/** The strip above the shop: an object flag with text, colour and link. */
export function PromoBanner(): ReactElement | null {
  const renders = useRenderCount();
  const promo = useFlag('promo-banner', defaults['promo-banner']);
  if (promo.text === '') return null;
  return (
    <aside className={`promo promo-${promo.colour}`} aria-label="Promotion" data-renders={renders}>
      <p>
        {promo.text} {promo.link === null ? null : <a href={promo.link.href}>{promo.link.label}</a>}
      </p>
      <Why flag="promo-banner" />
    </aside>
  );
}
