import { createClient } from 'pennon';
import { FlagProvider } from 'pennon/react';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { hasConsented } from './consent.ts';
import { contextOf, personas } from './personas.ts';
import { loadSettings, type Settings } from './settings.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shop.css';
import './styles/hero.css';
import './styles/catalogue.css';
import './styles/basket.css';
import './styles/inspector.css';
import './styles/decisions.css';

const root = document.getElementById('shop');
const settings = await loadSettings();
if (root !== null)
  createRoot(root).render(settings === undefined ? <NotStarted /> : shop(settings));

function shop({ endpoint, key, control }: Settings): ReactElement {
  const client = createClient({
    endpoint,
    key,
    context: contextOf(personas[0]),
    consent: hasConsented(),
    dimensions: ['country', 'plan'],
  });
  return (
    <FlagProvider client={client} suspense={<p className="waiting">Waiting for wind…</p>}>
      <App control={control} />
    </FlagProvider>
  );
}

function NotStarted(): ReactElement {
  return (
    <p className="waiting">
      The shop needs a Pennon to ask: start both with <code>cargo xtask dev</code>.
    </p>
  );
}
