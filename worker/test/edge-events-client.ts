// A client of POST /v1/events, and a reader of what the shards hold.
import { randomBytes } from 'node:crypto';
import type { Miniflare } from 'miniflare';
import { shard } from './edge-stores.ts';

export interface EventBody {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly units: Record<string, string | number>;
  readonly [field: string]: unknown;
}

export interface BatchBody {
  readonly id: string;
  readonly sent_at: number;
  readonly events: readonly unknown[];
  readonly [field: string]: unknown;
}

/** What a shard sums up. */
export interface Cell {
  readonly flag: string;
  readonly unit: string;
  readonly epoch: number;
  readonly stratum: string;
  readonly variant: string;
  readonly metric: string;
  readonly dimension: string;
  readonly level: string;
  readonly day: number;
  readonly n: number;
}

export interface Totals {
  readonly revision: number;
  readonly dropped: number;
  readonly cells: readonly Cell[];
}

export function uuid7(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function exposure(user: string, variant = 'on', fields: object = {}): EventBody {
  const at = Date.now();
  return { id: uuid7(), type: 'exposure', at, units: { user }, flag: 'shop', variant, ...fields };
}

export function batch(events: readonly unknown[], fields: object = {}): BatchBody {
  return { id: uuid7(), client: 'test/1', sent_at: Date.now(), events, ...fields };
}

/** Sends as `navigator.sendBeacon` does: text, with the key in the address. */
export function post(
  edge: string,
  key: string,
  body: BatchBody | string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  return fetch(`${edge}/v1/events?key=${key}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers },
    body: isRaw ? body : JSON.stringify(body),
  });
}

/** The absolute totals of every shard of an environment. */
export async function totals(
  miniflare: Miniflare,
  environment: string,
  shards = 4,
): Promise<Totals[]> {
  const answers = Array.from({ length: shards }, async (_, number) => {
    const stub = await shard(miniflare, environment, number);
    const response = await stub.fetch('https://shard/totals');
    return (await response.json()) as Totals;
  });
  return Promise.all(answers);
}

/** `variant/metric` → subjects, over all shards, for one unit type. */
export async function counts(
  miniflare: Miniflare,
  environment: string,
  unit = 'user',
): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { cells } of await totals(miniflare, environment)) {
    for (const cell of cells.filter((cell) => cell.unit === unit)) {
      const name = `${cell.variant}/${cell.metric}`;
      sums[name] = (sums[name] ?? 0) + cell.n;
    }
  }
  return sums;
}
