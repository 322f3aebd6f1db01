import { text } from 'pennon:wasm-text';
import type { Client } from '../client/client.ts';
import { createConnector } from '../client/connect.ts';
import { decode } from '../client/decode.ts';
import type { ClientOptions } from '../client/options.ts';
import { page } from '../client/page.ts';
import { fromBytes } from '../client/wasm.ts';
import { operate } from '../engine/operators.ts';

export * from '../public.ts';

const load = /* @__PURE__ */ fromBytes(() => decode(text));

/** Connects a page to its flags; the wasm is part of the code, so a bootstrapped plan answers at once. */
export const createClient: (options: ClientOptions) => Client = /* @__PURE__ */ createConnector({
  load,
  operate,
  loadRare: () => import('./rare-browser.ts'),
  page,
  connect: (url) => new WebSocket(url),
});
