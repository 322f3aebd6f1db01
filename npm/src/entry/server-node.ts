import { text } from 'pennon:wasm-text';
import { decode } from '../client/decode.ts';
import { fromBytes } from '../client/wasm.ts';
import { operate } from '../engine/operators.ts';
import { connectWithHeader } from '../node/connect.ts';
import { createServerConnector } from '../node/server-client.ts';
import type { ServerClient, ServerOptions } from '../node/server-options.ts';

export * from '../node/public.ts';

const load = /* @__PURE__ */ fromBytes(() => decode(text));

/** Connects a server to its flags: one plan, and a context at every call. */
export const createServerClient: (options: ServerOptions) => ServerClient =
  /* @__PURE__ */ createServerConnector(
    { load, operate, loadRare: () => import('./rare-node.ts'), connect: connectWithHeader },
    true,
  );
