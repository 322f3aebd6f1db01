import { FlagError } from '../errors.ts';
import type { Explain } from './explain.ts';
import type { ConnectionOptions, Logger } from './options.ts';
import type { Page } from './page.ts';
import { createReporter } from './reporter.ts';
import { type Answer, request } from './request.ts';
import { createVault, type Vault } from './storage.ts';
import type { LoadWasm } from './wasm.ts';

/** What differs between the places this package runs in. */
export interface Environment {
  readonly load: LoadWasm;
  /** Loads what explains decisions, which is large and rarely asked for. */
  readonly loadExplain: () => Promise<{ readonly explain: Explain }>;
  /** The browser page, where there is one. */
  readonly page?: Page;
}

/** The way to the edge, and the parts of the outside world that every client uses. */
export interface Link {
  /** How the key is named in addresses. */
  readonly keyPath: string;
  /** Where the edge's paths begin. */
  readonly base: string;
  readonly eventsPath: string;
  readonly page: Page | undefined;
  readonly vault: Vault;
  readonly report: Logger;
  now(): number;
  /** Asks what lies at `path` below the edge's `/v1/`. */
  send(path: string, init?: RequestInit): Promise<Answer>;
}

/** Refuses options that can never work. */
const check = ({ endpoint, key }: ConnectionOptions, page: Page | undefined): void => {
  for (const [name, value] of Object.entries({ endpoint, key }))
    if (!value || typeof value !== 'string') throw new FlagError('INVALID_OPTIONS', name);
  if (page && key.startsWith('sk_')) throw new FlagError('INVALID_OPTIONS', 'a server key');
};

/** Opens the way; `isAllowed` says whether anything may be stored. */
export const createLink = (
  { page }: Environment,
  options: ConnectionOptions,
  isAllowed: () => boolean,
): Link => {
  check(options, page);
  const { key, storage, now = Date.now } = options;
  // A secret key never stands in an address, where logs would keep it.
  const isSecret = key.startsWith('sk_');
  const keyPath = isSecret ? 'server' : encodeURIComponent(key);
  const headers = isSecret && { authorization: `Bearer ${key}` };
  const base = `${options.endpoint.replace(/\/+$/, '')}/v1/`;
  const report = createReporter(options.logger);
  return {
    keyPath,
    base,
    eventsPath: isSecret ? 'events' : `events?key=${keyPath}`,
    page,
    vault: createVault(async () => storage ?? page?.openStorage(), isAllowed, report),
    report,
    now,
    send: (path, init) =>
      // The platform's fetch is looked up at each call, so that whoever replaces it later is heard.
      request(options.fetch ?? fetch, base + path, {
        ...init,
        headers: { ...init?.headers, ...headers } as Record<string, string>,
      }),
  };
};
