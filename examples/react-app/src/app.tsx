import type { ReactElement } from 'react';
import { BasketSheet } from './basket/basket-sheet.tsx';
import { Inspector } from './inspector/inspector.tsx';
import { Catalogue } from './shop/catalogue.tsx';
import { Facts } from './shop/facts.tsx';
import { Header } from './shop/header.tsx';
import { Hero } from './shop/hero.tsx';
import { PromoBanner } from './shop/promo-banner.tsx';
import { Workshop } from './shop/workshop.tsx';

/** The shop on the left, what decides it on the right. */
export function App({ control }: { control: string | undefined }): ReactElement {
  return (
    <div className="page" id="top">
      <div className="shop">
        <PromoBanner />
        <Header />
        <main>
          <Hero />
          <Facts />
          <Catalogue />
          <Workshop />
        </main>
        <footer className="footer">
          Updraft does not exist; its flags do. This is the example of Pennon.
        </footer>
      </div>
      <Inspector control={control} />
      <BasketSheet />
    </div>
  );
}
