import type { Operate } from '../engine/engine.ts';
import type { Explain } from './explain.ts';
import type { Page } from './page.ts';
import type { Kill } from './push.ts';
import type { evaluate } from './remote.ts';
import type { demandSigned } from './trust.ts';
import type { LoadWasm } from './wasm.ts';

/** What loads on demand: explanations, remote decisions, the check of signatures, and operators that few plans use. */
export interface Rare {
  readonly explain: Explain;
  readonly evaluate: typeof evaluate;
  readonly demandSigned: typeof demandSigned;
  readonly operate: Operate;
}

/** What differs between the places this package runs in. */
export interface Environment {
  readonly load: LoadWasm;
  /** Loads what most pages never use. */
  readonly loadRare: () => Promise<Rare>;
  /** The operators that few plans use, where they are at hand. */
  readonly operate?: Operate;
  /** The browser page, where there is one. */
  readonly page?: Page;
  /** Opens a connection, where the platform has them; `key` stands in a header where it must not stand in addresses. */
  readonly connect?: (url: string, key: string) => WebSocket;
  /** Makes up for what only a browser's fetch does. */
  readonly adapt?: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch;
}

/** Rejects an envelope or a kill that none of the environment's keys has signed, and what cannot be checked. */
export type Trust = (signed: Uint8Array | Kill) => Promise<void>;
