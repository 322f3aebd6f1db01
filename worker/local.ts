import { fileURLToPath } from 'node:url';
import { convertV4MiniflareOptions, Log, LogLevel, type MiniflareOptions } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';

type WorkerOptions = Extract<
  Parameters<typeof convertV4MiniflareOptions>[0],
  { workers: readonly unknown[] }
>['workers'][number];

const HOST = '127.0.0.1';

/**
 * Variables of the Workers that the environment of this process may set. Here the country of a
 * request is what its header `X-Pennon-Country` says, since there is no platform that knows it.
 */
const VARIABLES: Readonly<Record<string, string | undefined>> = {
  PENNON_DEV_COUNTRY: process.env.PENNON_DEV_COUNTRY ?? 'true',
  PENNON_METRICS_TOKEN: process.env.PENNON_METRICS_TOKEN,
};

/** Where the two Workers listen and keep their state; port 0 is any free one. */
export interface LocalOptions {
  readonly persist: string;
  readonly edgePort?: number;
  readonly controlPort?: number;
  /** Requests in 10 seconds, by the binding that limits them; else as wrangler.jsonc says. */
  readonly limits?: Readonly<Record<string, number>>;
}

/** Addresses of the two Workers, without a slash at the end. */
export interface Addresses {
  readonly edge: string;
  readonly control: string;
}

/**
 * Both Workers on one workerd, each on a port of its own.
 *
 * `wrangler dev` with several configurations gives a port to the first of them only. The bindings
 * still come from the wrangler.jsonc files, so there is one description of them.
 */
export function localOptions({
  persist,
  edgePort = 0,
  controlPort = 0,
  limits = {},
}: LocalOptions): MiniflareOptions {
  return convertV4MiniflareOptions({
    host: HOST,
    port: 0,
    cf: false,
    log: new Log(LogLevel.WARN),
    resourcePersistencePath: persist,
    workers: [
      limited(worker('edge', edgePort, { PENNON_DURABLE_QUEUES: 'false' }), limits),
      hasty(worker('control', controlPort, {})),
    ],
  });
}

/** Waits until both answer. */
export async function addresses(miniflare: {
  readonly ready: Promise<URL>;
  unsafeGetDirectURL(name: string): Promise<URL>;
}): Promise<Addresses> {
  await miniflare.ready;
  const edge = await miniflare.unsafeGetDirectURL('pennon-edge');
  const control = await miniflare.unsafeGetDirectURL('pennon-control');
  return { edge: edge.origin, control: control.origin };
}

/** A Worker with rate limits of one's own. */
function limited(worker: WorkerOptions, limits: Readonly<Record<string, number>>): WorkerOptions {
  const ratelimits = Object.entries(worker.ratelimits ?? {}).map(
    ([name, { namespace_id, simple }]) => {
      return [
        name,
        { namespace_id, simple: { ...simple, limit: limits[name] ?? simple.limit } },
      ] as const;
    },
  );
  return { ...worker, ratelimits: Object.fromEntries(ratelimits) };
}

/** The same limit of batches for a key as for an address. */
export function eventLimits(limit: number): Readonly<Record<string, number>> {
  return { EVENTS_BY_KEY: limit, EVENTS_BY_ADDRESS: limit };
}

/** The same limit of questions to `/v1/evaluate` for a key as for an address. */
export function evaluateLimits(limit: number): Readonly<Record<string, number>> {
  return { EVALUATE_BY_KEY: limit, EVALUATE_BY_ADDRESS: limit };
}

/** The same limit of new push connections for a key as for an address. */
export function streamLimits(limit: number): Readonly<Record<string, number>> {
  return { STREAM_BY_KEY: limit, STREAM_BY_ADDRESS: limit };
}

/** A Worker that takes messages at once: on one machine there is nothing to save by waiting. */
function hasty(worker: WorkerOptions): WorkerOptions {
  const queueConsumers = Object.entries(consumersOf(worker)).map(([queue, options]) => {
    return [queue, { ...options, maxBatchTimeout: 0 }] as const;
  });
  return { ...worker, queueConsumers: Object.fromEntries(queueConsumers) };
}

function consumersOf({ queueConsumers = {} }: WorkerOptions) {
  return Array.isArray(queueConsumers) ? {} : queueConsumers;
}

/**
 * What a folder's wrangler.jsonc says, with a port, with variables of its own, and with the two files
 * that `build` holds.
 */
function worker(folder: string, port: number, variables: Record<string, string>): WorkerOptions {
  const config = fileURLToPath(new URL(`${folder}/wrangler.jsonc`, import.meta.url));
  const { modulesRules: _, ...options } = unstable_getMiniflareWorkerOptions(config).workerOptions;
  const environment = Object.entries(VARIABLES).filter(([, value]) => value !== undefined);
  return {
    ...options,
    name: `pennon-${folder}`,
    bindings: Object.assign({}, options.bindings, Object.fromEntries(environment), variables),
    modulesRoot: 'build',
    modules: [
      { type: 'ESModule' as const, path: 'build/index.js' },
      { type: 'CompiledWasm' as const, path: 'build/index_bg.wasm' },
    ],
    unsafeDirectSockets: [{ host: HOST, port }],
  };
}
