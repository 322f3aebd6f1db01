import { text } from 'pennon:wasm-text';
import type { Client } from '../client/client.ts';
import { createConnector } from '../client/connect.ts';
import { decode } from '../client/decode.ts';
import type { ClientOptions } from '../client/options.ts';
import { fromBytes } from '../client/wasm.ts';
import { operate } from '../engine/operators.ts';
import { createConditionalFetch } from '../node/conditional-fetch.ts';

export * from '../public.ts';

const load = /* @__PURE__ */ fromBytes(() => decode(text));

/** Connects the server-side rendering of a page to its flags. */
export const createClient: (options: ClientOptions) => Client = /* @__PURE__ */ createConnector({
  load,
  adapt: /* @__PURE__ */ createConditionalFetch(),
  operate,
  loadRare: () => import('./rare-node.ts'),
});
