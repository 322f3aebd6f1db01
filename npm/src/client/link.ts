import { FlagError } from '../errors.ts';
import type { Explain } from './explain.ts';
import type { ConnectionOptions, Logger } from './options.ts';
import type { Page } from './page.ts';
import { createReporter } from './reporter.ts';
import { type Answer, request } from './request.ts';
import { createVault, type Vault } from './vault.ts';
import type { LoadWasm } from './wasm.ts';

/** What differs between the places this package runs in. */
export interface Environment {
  readonly load: LoadWasm;
  /** Loads what explains decisions, which is large and rarely asked for. */
  readonly loadExplain: () => Promise<{ readonly explain: Explain }>;
  /** The browser page, where there is one. */
  readonly page?: Page;
  /** Makes up for what only a browser's fetch does. */
  readonly adapt?: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch;
}

/** The way to the edge, and the parts of the outside world that every client uses. */
export interface Link {
  /** How the key is named in addresses. */
  readonly keyPath: string;
  readonly page: Page | undefined;
  readonly vault: Vault;
  readonly report: Logger;
  now(): number;
  /** Asks what lies at `path` below the edge's `/v1/`, or hands in `body` there. */
  send(path: string, body?: string): Promise<Answer>;
}

/**
 * Opens the way, and refuses options that can never work; `isAllowed` says whether anything may be stored, and `keyPath`
 * stands for a key that may not stand in addresses.
 */
export const createLink = (
  { page, adapt = (fetch) => fetch }: Environment,
  options: ConnectionOptions,
  isAllowed: () => boolean,
  keyPath: string = encodeURIComponent(options.key),
): Link => {
  const { endpoint, key, storage = page?.storage, now = Date.now } = options;
  if (!endpoint?.length || !key?.length || (page && key.startsWith('sk_')))
    throw new FlagError('INVALID_OPTIONS', 'endpoint or key');
  const report = createReporter(options.logger);
  return {
    keyPath,
    page,
    vault: createVault(storage, isAllowed, report),
    report,
    now,
    send: (path, body) =>
      // The platform's fetch is looked up at each call, so that whoever replaces it later is heard.
      request(adapt(options.fetch ?? fetch), `${endpoint.replace(/\/+$/, '')}/v1/${path}`, body),
  };
};
