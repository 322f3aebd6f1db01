import module from 'pennon:wasm-module';
import { fromModule } from '../client/wasm.ts';
import { operate } from '../engine/operators.ts';
import { createServerConnector } from '../node/server-client.ts';
import type { ServerClient, ServerOptions } from '../node/server-options.ts';

export * from '../node/public.ts';

/** Connects a Worker to its flags; nothing runs between requests, so each begins with `await client.ready()`. */
export const createServerClient: (options: ServerOptions) => ServerClient =
  /* @__PURE__ */ createServerConnector(
    { load: () => fromModule(module), operate, loadRare: () => import('./rare-absent.ts') },
    false,
  );
