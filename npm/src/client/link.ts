import { FlagError, MESSAGES } from '../errors.ts';
import type { ConnectionOptions, Logger } from './options.ts';
import type { Page } from './page.ts';
import { createReporter } from './reporter.ts';
import { type Answer, request } from './request.ts';
import { createVault, openMemory, type Vault } from './storage.ts';
import type { LoadFull, LoadWasm } from './wasm.ts';

/** What differs between the places this package runs in. */
export interface Environment {
  readonly load: LoadWasm;
  readonly loadFull: LoadFull;
  /** The browser page, where there is one. */
  readonly page?: Page;
}

/** The way to the edge, and the parts of the outside world that every client uses. */
export interface Link {
  readonly endpoint: string;
  /** How the key is named in addresses. */
  readonly keyPath: string;
  readonly eventsUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly page: Page | undefined;
  readonly vault: Vault;
  readonly report: Logger;
  now(): number;
  send(url: string, init: RequestInit): Promise<Answer>;
}

/** Refuses options that can never work. */
const checkOptions = ({ endpoint, key }: ConnectionOptions, page: Page | undefined): void => {
  const refuse = (what: string): never => {
    throw new FlagError('INVALID_OPTIONS', `${MESSAGES.INVALID_OPTIONS}: ${what}`);
  };
  for (const [name, value] of Object.entries({ endpoint, key }))
    if (!value || typeof value !== 'string') refuse(name);
  if (page && key.startsWith('sk_')) refuse('a server key must not reach a browser');
};

/** Opens the way; `isAllowed` says whether anything may be stored. */
export const createLink = (
  { page }: Environment,
  options: ConnectionOptions,
  isAllowed: () => boolean,
): Link => {
  checkOptions(options, page);
  const { key, storage, now = Date.now } = options;
  const endpoint = options.endpoint.replace(/\/+$/, '');
  // A secret key never stands in an address, where logs would keep it.
  const isSecret = key.startsWith('sk_');
  const keyPath = isSecret ? 'server' : encodeURIComponent(key);
  const report = createReporter(options.logger);
  return {
    endpoint,
    keyPath,
    eventsUrl: `${endpoint}/v1/events${isSecret ? '' : `?key=${keyPath}`}`,
    headers: isSecret ? { authorization: `Bearer ${key}` } : {},
    page,
    vault: createVault(
      async () => storage ?? (await page?.openStorage()) ?? openMemory(),
      isAllowed,
      report,
    ),
    report,
    now,
    // The platform's fetch is looked up at each call, so that whoever replaces it later is heard.
    send: (url, init) => request(options.fetch ?? globalThis.fetch, now(), url, init),
  };
};
