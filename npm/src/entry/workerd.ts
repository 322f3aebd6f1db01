import module from 'pennon:wasm-module';
import type { Client } from '../client/client.ts';
import { createConnector } from '../client/connect.ts';
import type { ClientOptions } from '../client/options.ts';
import { fromModule } from '../client/wasm.ts';
import { operate } from '../engine/operators.ts';
import { createConditionalFetch } from '../node/conditional-fetch.ts';

export * from '../public.ts';

/** Connects the rendering of a page in a Worker to its flags; a Worker may only use modules that were deployed with it. */
export const createClient: (options: ClientOptions) => Client = /* @__PURE__ */ createConnector({
  load: () => fromModule(module),
  adapt: /* @__PURE__ */ createConditionalFetch(),
  operate,
  loadRare: () => import('./rare-absent.ts'),
});
