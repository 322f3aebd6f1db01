import { FlagError } from '../errors.ts';
import type { Explain } from './explain.ts';
import type { ConnectionOptions, Logger } from './options.ts';
import type { Page } from './page.ts';
import type { Kill } from './push.ts';
import type { evaluate } from './remote.ts';
import { createReporter } from './reporter.ts';
import { type Answer, request } from './request.ts';
import type { demandSigned } from './trust.ts';
import { createVault, type Vault } from './vault.ts';
import type { LoadWasm } from './wasm.ts';

/** What loads on demand: explanations, remote decisions, and the check of signatures. */
export interface Rare {
  readonly explain: Explain;
  readonly evaluate: typeof evaluate;
  readonly demandSigned: typeof demandSigned;
}

/** What differs between the places this package runs in. */
export interface Environment {
  readonly load: LoadWasm;
  /** Loads what most pages never use. */
  readonly loadRare: () => Promise<Rare>;
  /** The browser page, where there is one. */
  readonly page?: Page;
  /** Makes up for what only a browser's fetch does. */
  /** Opens a connection, where the platform has them; `key` stands in a header where it must not stand in addresses. */
  readonly connect?: (url: string, key: string) => WebSocket;
  readonly adapt?: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch;
}

/** Rejects an envelope or a kill that none of the environment's keys has signed, and what cannot be checked. */
export type Trust = (signed: Uint8Array | Kill) => Promise<void>;

/** The way to the edge, and the parts of the outside world that every client uses. */
export interface Link {
  /** How the key is named in addresses. */
  readonly keyPath: string;
  /** Where everything of the edge lies. */
  readonly address: string;
  /** Opens the connection on which the edge tells of changes, where the platform and the options have one. */
  readonly connect: (() => WebSocket) | undefined;
  readonly page: Page | undefined;
  readonly vault: Vault;
  readonly report: Logger;
  now(): number;
  /** Does something that calls the application's code; what that throws is reported. */
  attempt(what: string, action: () => void): void;
  /** Asks what lies at `path` below the edge's `/v1/`, or hands in `body` there. */
  ask(path: string, body?: string): Promise<Answer>;
}

/**
 * Opens the way, and refuses options that can never work; `isAllowed` says whether anything may be stored, and `keyPath`
 * stands for a key that may not stand in addresses.
 */
export const createLink = (
  { page, adapt = (fetch) => fetch, connect }: Environment,
  options: ConnectionOptions,
  isAllowed: () => boolean,
  keyPath: string = encodeURIComponent(options.key),
): Link => {
  const {
    endpoint,
    key,
    push = options.refreshMs !== 0,
    storage = page?.storage,
    now = Date.now,
  } = options;
  if (!endpoint?.length || !key?.length || (page && key.startsWith('sk_')))
    throw new FlagError('INVALID_OPTIONS', 'endpoint or key');
  const report = createReporter(options.logger);
  const address = `${endpoint.replace(/\/+$/, '')}/v1/`;
  return {
    keyPath,
    address,
    connect:
      push && connect
        ? () => connect(`${address.replace('http', 'ws')}stream?key=${keyPath}`, key)
        : undefined,
    page,
    vault: createVault(storage, isAllowed, report),
    report,
    now,
    attempt(what, action) {
      try {
        action();
      } catch (cause) {
        report(what, cause);
      }
    },
    ask: (path, body) =>
      // The platform's fetch is looked up at each call, so that whoever replaces it later is heard.
      request(adapt(options.fetch ?? fetch), address + path, body),
  };
};
