// Files that nobody can read hold up no erasure: they are named, and the rest is gone through.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { booleanFlag, Control, LIVE, until } from './control.ts';
import { batch, exposure, post } from './edge-events-client.ts';
import { type Archive, stores } from './edge-stores.ts';
import { type Started, startWorkers } from './start.ts';

let control: Control;
let workers: Started;
let archive: Archive;
let environment: string;
let key: string;

beforeAll(async () => {
  control = await Control.withProject();
  await control.ask('PUT', `${LIVE}/flags/shop`, { body: booleanFlag() });
  key = (await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'client' } })).body.key;
  environment = (await control.ask('GET', LIVE)).body.id;
  await control.workers.stop();
  workers = await startWorkers({ persist: control.state });
  ({ archive } = await stores(workers.miniflare));
});

afterAll(async () => {
  await workers.stop();
  await control.end();
});

async function ask(method: string, path: string, body?: object) {
  const init = { method, headers: { Authorization: `Bearer ${control.token}` } };
  const sent = body === undefined ? init : { ...init, body: JSON.stringify(body) };
  const answer = await fetch(`${workers.control}${LIVE}${path}`, sent);
  expect(answer.status, path).toBeLessThan(300);
  return await answer.json();
}

function deadLetter(user: string): string {
  const place = { environment, pepper: '5a'.repeat(32), shard: 0, shards: 4 };
  const id = '00'.repeat(16);
  const copies = [{ index: 0, id, at: 1, hash: 0, unit_type: 'user', unit_id: user }];
  return JSON.stringify({ ...place, batch: id, received_at: 1, copies });
}

it('erases everybody although some files cannot be read, and names these', async () => {
  const people = Array.from({ length: 40 }, (_, n) => `p${n}`);
  const sent = await post(workers.edge, key, batch(people.map((user) => exposure(user))));
  expect(sent.status).toBe(200);
  await ask('POST', '/log/flush');
  const [first, second, ...rest] = await archive.names('log/');
  expect(rest).not.toEqual([]);
  const dead = (n: number) => `dead/${environment}/000000000000${n}-00.json`;
  const broken = [
    [dead(1), 'no JSON'],
    [first as string, 'no gzip'],
    [second as string, gzipSync(new Uint8Array([0xff, 0xfe, 0x0a]))],
  ] as const;
  for (const [name, content] of broken) await archive.put(name, content);
  await archive.put(dead(2), deadLetter('p1'));

  for (const user of ['p0', 'p1']) {
    const { id } = await ask('POST', '/erasures', { units: { user } });
    const state = await until(async () => {
      const state = await ask('GET', `/erasures/${id}`);
      return state.done ? state : undefined;
    });
    expect(state).toMatchObject({ phase: 'done', subjects: 1, files: rest.length + 2 });
    expect(state.unreadable).toEqual(broken.map(([name]) => name));
  }
  // What comes behind them was done too.
  expect(await archive.names('dead/')).toEqual([dead(1)]);
  expect(await archive.names('contrib/')).toHaveLength(2);
  expect(await archive.text(first as string)).toBe('no gzip');
}, 60_000);
