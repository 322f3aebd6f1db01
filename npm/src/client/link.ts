import { FlagError, MESSAGES } from '../errors.ts';
import type { ConnectionOptions, Logger, Storage } from './options.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Page } from './page.ts';
import { createPlanSource, type CurrentPlan, type PlanSource } from './plan-source.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { createReporter } from './reporter.ts';
import { createVault, openMemory, type Vault } from './storage.ts';
import type { LoadFull, LoadWasm } from './wasm.ts';

/** What differs between the places this package runs in. */
export interface Environment {
  readonly load: LoadWasm;
  readonly loadFull: LoadFull;
  /** The browser page, where there is one. */
  readonly page?: Page;
}

/** The connection to the edge that every client has: plans come in, events go out. */
export interface Link {
  readonly plans: PlanSource;
  readonly outbox: Outbox;
  readonly recorder: Recorder;
  readonly vault: Vault;
  readonly report: Logger;
  readonly now: () => number;
  /** Fetches the names that explanations use. */
  readonly namesUrl: (planHash: Uint8Array) => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
}

/** What a client hears from its link. */
export interface LinkHost {
  isAllowed(): boolean;
  onPlan(plan: CurrentPlan): void;
  onDropped(): void;
}

const CLIENT_NAME = 'pennon-js/0.1.0';

/** The environment that a key of ours belongs to: `pk_<environment>_<random>`. */
const environmentOf = (key: string): string | undefined => /^[ps]k_(.+)_[^_]+$/.exec(key)?.[1];

/** Refuses options that can never work. */
const checkOptions = ({ endpoint, key }: ConnectionOptions, page: Page | undefined): void => {
  const wrong =
    !endpoint || typeof endpoint !== 'string'
      ? '`endpoint` is missing'
      : !key || typeof key !== 'string'
        ? '`key` is missing'
        : page && key.startsWith('sk_')
          ? '`key` is a server key, which must never reach a browser'
          : undefined;
  if (wrong) throw new FlagError('INVALID_OPTIONS', `${MESSAGES.INVALID_OPTIONS}: ${wrong}`);
};

export const createLink = (
  { load, page }: Environment,
  options: ConnectionOptions,
  host: LinkHost,
): Link => {
  checkOptions(options, page);
  const { key, storage } = options;
  const endpoint = options.endpoint.replace(/\/+$/, '');
  const isSecret = key.startsWith('sk_');
  // A secret key never stands in an address, where logs would keep it.
  const headers: Record<string, string> = isSecret ? { authorization: `Bearer ${key}` } : {};
  const pathKey = isSecret ? 'server' : encodeURIComponent(key);
  const now = options.now ?? Date.now;
  // The platform's fetch is looked up at each call, so that whoever replaces it later is heard.
  const fetch: typeof globalThis.fetch = options.fetch ?? ((...input) => globalThis.fetch(...input));
  const report = createReporter(options.logger);
  const openStorage = async (): Promise<Storage> => storage ?? (await page?.openStorage()) ?? openMemory();
  const vault = createVault(openStorage, host.isAllowed, report);
  const outbox = createOutbox({
    url: `${endpoint}/v1/events${isSecret ? '' : `?key=${pathKey}`}`,
    headers,
    client: CLIENT_NAME,
    fetch,
    vault,
    page,
    now,
    report,
    onDropped: host.onDropped,
  });
  const plans = createPlanSource({
    url: `${endpoint}/v1/config/${pathKey}`,
    headers,
    environment: environmentOf(key),
    fetch,
    load,
    now,
    report,
    onPlan: host.onPlan,
  });
  return {
    plans,
    outbox,
    recorder: createRecorder({ outbox, vault, now }),
    vault,
    report,
    now,
    namesUrl: (hash) =>
      `${endpoint}/v1/names/${pathKey}/${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`,
    headers,
    fetch,
  };
};
