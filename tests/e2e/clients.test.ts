import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'pennon';
import { createServerClient, type ServerClient } from 'pennon/node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Admin } from './admin.ts';
import { seedDemo } from './seed-demo.ts';
import { startWorkers, type Workers } from './workers.ts';

// The package in Node against the real Workers: signatures, push, and what only the edge can decide.

let state: string;
let workers: Workers;
let admin: Admin;
let key: string;
const clients: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'pennon-clients-'));
  workers = await startWorkers({ state });
  ({ admin, key } = await seedDemo(workers.control, await workers.token()));
  await admin.write('attributes/tier', { type: 'string', known_at: 'server', class: 'private' });
  await admin.writeFlag('vip', {
    type: 'string',
    client: true,
    variants: { plain: 'plain', gold: 'gold' },
    enabled: true,
    off: 'plain',
    rules: [
      {
        id: 'r1',
        when: { attribute: 'tier', op: 'eq', value: 'gold' },
        outcome: { variant: 'gold' },
      },
    ],
    fallthrough: { variant: 'plain' },
  });
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await workers?.kill();
  await rm(state, { recursive: true, force: true });
});

const soon = { timeout: 20_000, interval: 50 };
const context = { units: { user: 'u1' }, attributes: { plan: 'club', country: 'SE' } };

async function openServer(): Promise<ServerClient> {
  const client = createServerClient({ endpoint: workers.edge, key: await admin.serverKey() });
  clients.push(client);
  await client.ready();
  return client;
}

test('a server takes signed plans, and hears of a kill and its end over the stream', async () => {
  const client = await openServer();
  await vi.waitFor(
    () => expect(client.status()).toMatchObject({ live: true, failing: false }),
    soon,
  );
  const isOn = (): boolean => client.getBoolean('new-checkout', false, context);
  expect(isOn()).toBe(true);
  await admin.kill('new-checkout');
  await vi.waitFor(() => expect(isOn()).toBe(false), soon);
  expect(client.getDetails('new-checkout', true, context).detail).toBe('killed');
  await admin.kill('new-checkout', 'unkill');
  await vi.waitFor(() => expect(isOn()).toBe(true), soon);
});

test('a client that pins another key takes nothing', async () => {
  const warnings: string[] = [];
  const client = createClient({
    endpoint: workers.edge,
    key,
    context,
    publicKeys: ['00'.repeat(32)],
    logger: (message) => void warnings.push(message),
  });
  clients.push(client);
  await client.ready();
  expect(client.getBoolean('new-checkout', false)).toBe(false);
  expect(client.status()).toMatchObject({ source: 'none', failing: true });
  expect(warnings).toContain('no plan (network)');
});

test('a flag with a private attribute is decided by the edge', async () => {
  const attributes = { ...context.attributes, tier: 'gold' };
  const client = createClient({ endpoint: workers.edge, key, context: { ...context, attributes } });
  clients.push(client);
  await client.ready();
  expect(client.getString('vip', 'default')).toBe('default');
  await vi.waitFor(() => expect(client.getString('vip', 'default')).toBe('gold'), soon);
  expect(client.getDetails('vip', 'default')).toMatchObject({ variant: 'gold', detail: 'edge' });
});

test('a refused key is named with the reason', async () => {
  const warnings: string[] = [];
  const [, environment] = /^pk_(.+)_/.exec(key) ?? [];
  const client = createClient({
    endpoint: workers.edge,
    key: `pk_${environment}_0000000000000000`,
    logger: (message) => void warnings.push(message),
  });
  clients.push(client);
  await client.ready();
  expect(warnings.join()).toMatch(/^no plan \(401 key_\w+\)/);
});
