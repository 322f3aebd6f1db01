// Writes what the control Worker publishes straight into the stores, so that the edge is tested as
// it runs when the control Worker is down.
import { createHash, randomBytes } from 'node:crypto';
import type { Miniflare } from 'miniflare';
import { stores } from './edge-stores.ts';

const SYMBOLS = '0123456789abcdefghjkmnpqrstvwxyz';

/** A published environment. */
export interface Seeded {
  readonly environment: string;
  readonly clientKey: string;
  readonly serverKey: string;
  /** Bytes that client keys open. They are any bytes: the edge does not look inside. */
  readonly envelope: Uint8Array;
  readonly serverEnvelope: Uint8Array;
  readonly snapshot: string;
  readonly plan: string;
  readonly names: string;
}

export interface SeedOptions {
  readonly origins?: readonly string[];
  readonly revoked?: boolean;
  readonly expiresAt?: number;
  readonly units?: readonly string[];
  readonly shards?: number;
}

export async function seed(miniflare: Miniflare, options: SeedOptions = {}): Promise<Seeded> {
  const environment = `env_${random(12)}`;
  const clientKey = makeKey('pk', environment);
  const serverKey = makeKey('sk', environment);
  await writeKey(miniflare, environment, clientKey, options);
  await writeKey(miniflare, environment, serverKey, options);
  const published = await publish(miniflare, environment, 1, options);
  return { environment, clientKey, serverKey, ...published };
}

/** Publishes a revision whose plan is random. */
export async function publish(
  miniflare: Miniflare,
  environment: string,
  revision: number,
  options: SeedOptions = {},
): Promise<Pick<Seeded, 'envelope' | 'serverEnvelope' | 'snapshot' | 'plan' | 'names'>> {
  const audience = async () => {
    const envelope = new Uint8Array(randomBytes(300));
    const names = JSON.stringify({ names: random(12) });
    await put(miniflare, `snap/${sha256(envelope)}`, envelope);
    await put(miniflare, `names/${sha256(names)}`, names);
    const record = { snapshot: sha256(envelope), plan: random(32), names: sha256(names) };
    return { envelope, names, record };
  };
  const [forClients, forServers] = [await audience(), await audience()];
  await put(miniflare, `env/${environment}`, {
    schema: 1,
    environment,
    project: `account/${environment}`,
    revision,
    published_at: Date.now(),
    public: forClients.record,
    server: forServers.record,
    units: options.units ?? ['user', 'device'],
    shards: options.shards ?? 4,
    pepper: '5a'.repeat(32),
    signing_keys: [],
  });
  return {
    envelope: forClients.envelope,
    serverEnvelope: forServers.envelope,
    snapshot: forClients.record.snapshot,
    plan: forClients.record.plan,
    names: forClients.names,
  };
}

/** Writes what a key opens. */
export async function writeKey(
  miniflare: Miniflare,
  environment: string,
  key: string,
  options: SeedOptions = {},
): Promise<void> {
  await put(miniflare, `key/${sha256(key)}`, {
    schema: 1,
    key: sha256(key).slice(0, 16),
    kind: key.startsWith('pk_') ? 'client' : 'server',
    project: `account/${environment}`,
    environment,
    origins: options.origins ?? [],
    revoked: options.revoked ?? false,
    expires_at: options.expiresAt ?? null,
  });
}

/** A key of the right shape that nobody was ever given. */
export function makeKey(prefix: 'pk' | 'sk', environment: string): string {
  const payload = `${prefix}_${environment}_${random(20)}`;
  const digest = createHash('sha256').update(payload).digest();
  const bits = BigInt(`0x${digest.subarray(0, 5).toString('hex')}`);
  const sum = [35n, 30n, 25n, 20n, 15n, 10n, 5n].map((shift) => {
    return SYMBOLS[Number((bits >> shift) & 31n)];
  });
  return payload + sum.join('');
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function put(miniflare: Miniflare, name: string, content: object | string | Uint8Array) {
  const isRaw = typeof content === 'string' || content instanceof Uint8Array;
  const value = isRaw ? content : JSON.stringify(content);
  const { archive, snapshots } = await stores(miniflare);
  await archive.put(name, value);
  await snapshots.put(name, value);
}

function random(length: number): string {
  return [...randomBytes(length)].map((byte) => SYMBOLS[byte & 31]).join('');
}
