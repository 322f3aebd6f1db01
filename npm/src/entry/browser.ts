import type { Client } from '../client/client.ts';
import { createConnector } from '../client/connect.ts';
import type { ClientOptions } from '../client/options.ts';
import { page } from '../client/page.ts';
import { fromUrl } from '../client/wasm.ts';

export * from '../public.ts';

const load = /* @__PURE__ */ fromUrl(/* @__PURE__ */ new URL('./eval.wasm', import.meta.url));

/** Connects a page to its flags; the wasm is a file of its own. */
export const createClient: (options: ClientOptions) => Client = /* @__PURE__ */ createConnector({
  load,
  loadRare: () => import('./rare-browser.ts'),
  page,
  connect: (url) => new WebSocket(url),
});
