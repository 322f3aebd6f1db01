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
export interface Link extends Access {
  /** Where the edge's paths begin. */
  readonly base: string;
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

/** How a client shows its key: in addresses, or in headers. */
export interface Access {
  /** How the key is named in addresses. */
  readonly keyPath: string;
  readonly eventsPath: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const publicAccess = (key: string): Access => {
  const keyPath = encodeURIComponent(key);
  return { keyPath, eventsPath: `events?key=${keyPath}` };
};

/** Opens the way; `isAllowed` says whether anything may be stored. */
export const createLink = (
  { page }: Environment,
  options: ConnectionOptions,
  isAllowed: () => boolean,
  access?: Access,
): Link => {
  check(options, page);
  const { key, storage, now = Date.now } = options;
  const base = `${options.endpoint.replace(/\/+$/, '')}/v1/`;
  const report = createReporter(options.logger);
  return {
    ...publicAccess(key),
    ...access,
    base,
    page,
    vault: createVault(async () => storage ?? page?.openStorage(), isAllowed, report),
    report,
    now,
    send: (path, init) =>
      // The platform's fetch is looked up at each call, so that whoever replaces it later is heard.
      request(options.fetch ?? fetch, base + path, {
        ...init,
        headers: { ...init?.headers, ...access?.headers } as Record<string, string>,
      }),
  };
};
