import { useFlag, useVariant } from 'pennon/react';
import type { ReactElement } from 'react';
import { defaults } from '../flags.ts';
import { Why } from '../inspector/why.tsx';
import { HeroScene } from './hero-scene.tsx';
import { useRenderCount } from './render-count.ts';

/** An experiment keeps the variant it drew until the next visit; a demo follows every change. */
const demo = { live: true };

/**
 * The first thing one sees. Its words are the value of a flag with three
 * variants; the name of the variant chooses the hour of the day behind them.
 */
export function Hero(): ReactElement {
  const renders = useRenderCount();
  const headline = useFlag('hero-headline', defaults['hero-headline'], demo);
  const variant = useVariant('hero-headline', demo);
  return (
    <section className="hero" data-scene={variant ?? 'plain'} data-renders={renders}>
      <HeroScene />
      <div className="hero-words">
        <h1 key={headline} className="hero-headline">
          {headline}
        </h1>
        <p>
          Eight shapes, cut and sewn in one workshop by the harbour. Repaired free for as long as
          you fly them.
        </p>
        <p className="hero-act">
          <a className="button" href="#kites">
            See the kites
          </a>
          <Why flag="hero-headline" />
        </p>
      </div>
    </section>
  );
}
