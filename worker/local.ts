import { fileURLToPath } from 'node:url';
import { convertV4MiniflareOptions, Log, LogLevel, type MiniflareOptions } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';

const HOST = '127.0.0.1';

/** Where the two Workers listen and keep their state; port 0 is any free one. */
export interface LocalOptions {
  readonly persist: string;
  readonly edgePort?: number;
  readonly controlPort?: number;
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
}: LocalOptions): MiniflareOptions {
  return convertV4MiniflareOptions({
    host: HOST,
    port: 0,
    cf: false,
    log: new Log(LogLevel.WARN),
    resourcePersistencePath: persist,
    workers: [worker('edge', edgePort), worker('control', controlPort)],
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

/** What a folder's wrangler.jsonc says, with a port, and with the two files that `build` holds. */
function worker(folder: string, port: number) {
  const config = fileURLToPath(new URL(`${folder}/wrangler.jsonc`, import.meta.url));
  const { modulesRules: _, ...options } = unstable_getMiniflareWorkerOptions(config).workerOptions;
  return {
    ...options,
    name: `pennon-${folder}`,
    modulesRoot: 'build',
    modules: [
      { type: 'ESModule' as const, path: 'build/index.js' },
      { type: 'CompiledWasm' as const, path: 'build/index_bg.wasm' },
    ],
    unsafeDirectSockets: [{ host: HOST, port }],
  };
}
