// Reaches behind the Workers, to the stores and the shards. Miniflare types them only where the
// types of the whole Workers platform are installed; these are the few methods that tests call.
import type { Miniflare } from 'miniflare';

export interface Store {
  put(name: string, value: string | Uint8Array): Promise<unknown>;
  delete(name: string): Promise<void>;
}

/** The bucket, which can also be looked into. */
export interface Archive extends Store {
  text(name: string): Promise<string>;
  /** All names that begin so, in order. */
  names(prefix: string): Promise<string[]>;
}

interface RawBucket extends Store {
  get(name: string): Promise<{ text(): Promise<string> } | null>;
  list(options: { prefix: string }): Promise<{ objects: { key: string }[] }>;
}

export interface Shard {
  fetch(url: string, init?: { method: string; body: string }): Promise<Response>;
}

interface Shards {
  idFromName(name: string): unknown;
  get(id: unknown): Shard;
}

/** The bucket and the key-value store, as the edge is bound to them. */
export async function stores(
  miniflare: Miniflare,
): Promise<{ readonly archive: Archive; readonly snapshots: Store }> {
  const archive: unknown = await miniflare.getR2Bucket('ARCHIVE', 'pennon-edge');
  const snapshots: unknown = await miniflare.getKVNamespace('SNAPSHOTS', 'pennon-edge');
  return { archive: lookedInto(archive as RawBucket), snapshots: snapshots as Store };
}

function lookedInto(bucket: RawBucket): Archive {
  return {
    put: (name, value) => bucket.put(name, value),
    delete: (name) => bucket.delete(name),
    async text(name) {
      const object = await bucket.get(name);
      if (object === null) {
        throw new Error(`there is no \`${name}\``);
      }
      return object.text();
    },
    async names(prefix) {
      const { objects } = await bucket.list({ prefix });
      return objects.map(({ key }) => key);
    },
  };
}

/** One shard of an environment. */
export async function shard(
  miniflare: Miniflare,
  environment: string,
  number: number,
): Promise<Shard> {
  const namespace: unknown = await miniflare.getDurableObjectNamespace('SHARD', 'pennon-edge');
  const shards = namespace as Shards;
  return shards.get(shards.idFromName(`${environment}/${number}`));
}
