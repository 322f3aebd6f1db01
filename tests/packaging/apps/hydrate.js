// The browser's half: hydrates, and records every text that was on the page.

import { createClient } from 'pennon';
import * as pennon from 'pennon/react';
import { hydrateRoot } from 'react-dom/client';
import { createPage } from './component.js';

const main = document.querySelector('main');
const texts = new Set([main.textContent]);
new MutationObserver(() => texts.add(main.textContent)).observe(main, {
  childList: true,
  characterData: true,
  subtree: true,
});
const client = createClient({
  endpoint: new URLSearchParams(location.search).get('edge'),
  key: 'pk_env_packaging_1',
  context: { units: { user: 'u1' } },
  bootstrap: globalThis.bootstrap,
});
hydrateRoot(main, createPage(pennon)({ client }), {
  onRecoverableError: (error) => console.error(error),
});
await client.refresh();
await new Promise((resolve) => setTimeout(resolve, 100));
await client.flush();
globalThis.seen = { texts: [...texts].join(), engine: client.status().engine };
