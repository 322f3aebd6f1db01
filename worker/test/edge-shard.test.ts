import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { totals } from './edge-events-client.ts';
import { shard } from './edge-stores.ts';
import { type Started, startWorkers } from './start.ts';

let workers: Started;

beforeAll(async () => {
  workers = await startWorkers();
});

afterAll(() => workers.stop());

const id = () => randomBytes(16).toString('hex');

function copy(index: number, fields: object = {}) {
  return {
    index,
    id: id(),
    at: Date.now(),
    unit_type: 'user',
    unit_id: `u${index}`,
    hash: 4 * index,
    exposure: { flag: 'shop', variant: 'on', epoch: 0, stratum: '' },
    line: '{}',
    ...fields,
  };
}

function delivery(environment: string, copies: object[], fields: object = {}) {
  const pepper = '5a'.repeat(32);
  const received_at = Date.now();
  return { environment, pepper, shard: 0, shards: 4, batch: id(), received_at, copies, ...fields };
}

async function deliver(body: { environment: string }): Promise<Response> {
  const stub = await shard(workers.miniflare, body.environment, 0);
  return stub.fetch('https://shard/deliver', { method: 'POST', body: JSON.stringify(body) });
}

it('takes the whole of a delivery or nothing', async () => {
  const good = [copy(0), copy(1)];
  const bad = delivery('env_atomic', [...good, copy(2, { id: 'not hexadecimal' })]);
  const refused = await deliver(bad);
  expect(refused.status).toBe(500);
  expect(await refused.text()).toMatch(/hexadecimal/);
  const [before] = await totals(workers.miniflare, 'env_atomic', 1);
  expect(before).toMatchObject({ revision: 0, cells: [] });

  const mended = await deliver({ ...bad, copies: [...good, copy(2)] } as typeof bad);
  expect(await mended.json()).toEqual({ fresh: [0, 1, 2] });
  const [after] = await totals(workers.miniflare, 'env_atomic', 1);
  expect(after).toMatchObject({ revision: 1, cells: [{ metric: 'exposed', n: 3 }] });
});

it('refuses what belongs to another shard', async () => {
  await deliver(delivery('env_home', [copy(0)]));
  for (const wrong of [{ shard: 1 }, { shards: 8 }, { pepper: '00'.repeat(32) }]) {
    const response = await deliver(delivery('env_home', [copy(1)], wrong));
    expect(response.status).toBe(409);
  }
  const [home] = await totals(workers.miniflare, 'env_home', 1);
  expect(home).toMatchObject({ revision: 1, cells: [{ n: 1 }] });
});

it('asks for definitions that it does not know, once', async () => {
  const definitions = { metrics: [], dimensions: [], units: ['user'] };
  const named = delivery('env_defined', [copy(0)], { definitions: '00ff00ff00ff00ff' });
  const asked = await deliver(named);
  expect([asked.status, await asked.json()]).toEqual([428, { needs: 'definitions' }]);
  const told = { ...named, definitions_body: definitions };
  expect((await deliver(told as typeof named)).status).toBe(200);
  const again = delivery('env_defined', [copy(1)], { definitions: '00ff00ff00ff00ff' });
  expect((await deliver(again)).status).toBe(200);
});

it('gives 128 values of a dimension cells of their own', async () => {
  const met = (n: number) =>
    copy(n, { exposure: { flag: 'shop', variant: 'on', levels: { city: `c${n}` } } });
  for (const from of [0, 100]) {
    const copies = Array.from({ length: 100 }, (_, n) => met(from + n));
    expect((await deliver(delivery('env_levels', copies))).status).toBe(200);
  }
  const [home] = await totals(workers.miniflare, 'env_levels', 1);
  const cities = (home?.cells ?? []).filter((cell) => cell.dimension === 'city');
  expect(cities).toHaveLength(129);
  expect(cities.find((cell) => cell.level === '(other)')?.n).toBe(72);
});

it('grows its revision only when something is new', async () => {
  const first = delivery('env_revision', [copy(0)]);
  await deliver(first);
  await deliver(first);
  await deliver({ ...first, batch: id() } as typeof first);
  const [home] = await totals(workers.miniflare, 'env_revision', 1);
  expect(home).toMatchObject({ revision: 1 });
});

it('goes on counting when strangers say absurd numbers', async () => {
  const dropped = Number.MAX_SAFE_INTEGER;
  for (let n = 0; n < 3; n += 1) {
    const response = await deliver(delivery('env_absurd', [copy(n)], { dropped }));
    expect(response.status).toBe(200);
  }
  const [home] = await totals(workers.miniflare, 'env_absurd', 1);
  expect(home).toMatchObject({ revision: 3, dropped, cells: [{ n: 3 }] });
});

it('ends a doubling although batches about who stays come until the end', async () => {
  await deliver(delivery('env_doubled', [copy(0), copy(1)]));
  const home = await shard(workers.miniflare, 'env_doubled', 0);
  const order = { environment: 'env_doubled', pepper: '5a'.repeat(32), shard: 0, shards: 8 };
  const split = (path: string) =>
    home.fetch(`https://shard/split/${path}`, { method: 'POST', body: JSON.stringify(order) });
  await (await split('begin')).text();
  for (let isDone = false; !isDone; ) {
    isDone = ((await (await split('step')).json()) as { done: boolean }).done;
  }
  expect(
    (await deliver(delivery('env_doubled', [copy(0)], { batch: 'ff'.repeat(16) }))).status,
  ).toBe(200);
  expect((await split('finish')).status).toBe(200);
  expect((await deliver(delivery('env_doubled', [copy(2)], { shards: 8 }))).status).toBe(200);
});
