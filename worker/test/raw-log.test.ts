import { afterAll, beforeAll, expect, it } from 'vitest';
import { booleanFlag, Control, LIVE, until } from './control.ts';
import { type BatchBody, batch, exposure, post, uuid7 } from './edge-events-client.ts';
import { RawLog } from './raw-log-files.ts';

let control: Control;
let key: string;
let log: RawLog;

beforeAll(async () => {
  control = await Control.withProject();
  await control.ask('PUT', `${LIVE}/flags/shop`, { body: booleanFlag() });
  key = (await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'client' } })).body.key;
  log = new RawLog(`${control.workers.control}${LIVE}`, control.token);
});

afterAll(() => control.end());

async function send(body: BatchBody): Promise<void> {
  const response = await post(control.workers.edge, key, body);
  expect(await response.json()).toMatchObject({ accepted: body.events.length });
}

const NAME = /^\d{4}-\d{2}-\d{2}\/\d{2}\/\d+-\d{12}\.ndjson\.gz$/;

it('holds every event once, by hour and shard, as it was understood', async () => {
  const people = Array.from({ length: 50 }, (_, n) => `reader-${n}`);
  const seen = batch(people.map((person) => exposure(person)));
  const paid = {
    id: uuid7(),
    type: 'track',
    at: Date.now(),
    units: { user: 'reader-1', device: 'd1' },
    name: 'order-paid',
    value: 49.5,
    properties: { currency: 'EUR' },
    unknown: 'left out',
  };
  await send(seen);
  await send(batch([paid]));
  expect(await (await log.flush()).json()).toEqual({ files: expect.any(Number) });
  expect(await (await log.flush()).json()).toEqual({ files: 0 });

  const files = await log.list();
  for (const { name } of files) {
    expect(name).toMatch(NAME);
  }
  const lines = await log.lines();
  const ids = lines.map((line) => line.id).toSorted();
  const sent = [...seen.events, paid].map((event) => (event as { id: string }).id).toSorted();
  expect(ids).toEqual(sent);
  const line = lines.find((line) => line.type === 'track');
  expect(line).toMatchObject({
    id: paid.id,
    units: paid.units,
    name: 'order-paid',
    value: 49.5,
    properties: { currency: 'EUR' },
    client: 'test/1',
  });
  expect(line).not.toHaveProperty('unknown');
});

it('tells the files page by page and keeps to one environment', async () => {
  const files = await log.list();
  const [first, second] = files;
  const page = await (await log.get(`log?after=${first?.name}`)).json();
  expect(page.files[0]).toEqual(second);

  const other = new RawLog(
    `${control.workers.control}${LIVE.replace('live', 'test')}`,
    control.token,
  );
  expect(await other.list()).toEqual([]);
  expect((await other.get(`log/${first?.name}`)).status).toBe(404);
  expect((await log.get('log/2020-01-01/00/0-000000000001.ndjson.gz')).status).toBe(404);
});

it('is for admins only', async () => {
  const body = { name: 'reader', access: 'write', expires_in_days: 1 };
  const { token } = (await control.ask('POST', '/api/v1/tokens', { body })).body;
  for (const path of ['log', 'log/x', 'defs', 'contrib', 'erasures/0']) {
    expect((await control.ask('GET', `${LIVE}/${path}`, { token })).status).toBe(403);
    expect((await control.ask('GET', `${LIVE}/${path}`, { token: null })).status).toBe(401);
  }
  expect((await control.ask('POST', `${LIVE}/erasures`, { token, body: {} })).status).toBe(403);
});

it('survives kill -9 without losing or doubling a line', async () => {
  const before = await log.lines();
  const seen = batch(Array.from({ length: 40 }, (_, n) => exposure(`crash-${n}`)));
  await send(seen);
  const flushing = log.flush().catch(() => undefined);
  await control.crash();
  await flushing;
  log = new RawLog(`${control.workers.control}${LIVE}`, control.token);
  await log.flush();
  const ids = (await log.lines()).map((line) => line.id);
  expect(ids).toHaveLength(before.length + 40);
  expect(new Set(ids).size).toBe(ids.length);
});

it('forgets a person in the shards, in what waits and in the files', async () => {
  const units = { user: 'secret-person', device: 'shared-device' };
  const at = Date.now();
  const track = { type: 'track', at, units, name: 'order-paid', value: 7 };
  const only = { user: 'secret-person' };
  await send(batch([exposure('', 'on', { units }), exposure('', 'on', { units: only })]));
  await send(batch([{ ...track, id: uuid7(), properties: { note: 'secret-note' } }]));
  await log.flush();
  await send(batch([{ ...track, id: uuid7(), properties: { note: 'secret-note' } }]));
  const exposed = async () => (await control.ask('GET', `${LIVE}/exposures`)).body.flags;
  const counted = await exposed();
  const lines = await log.lines();

  const body = { units: { user: 'secret-person' } };
  const asked = await control.ask('POST', `${LIVE}/erasures`, { body });
  expect(asked).toMatchObject({ status: 202, body: { subjects: 1, missing: [] } });
  const done = await until(async () => {
    const { body } = await control.ask('GET', `${LIVE}/erasures/${asked.body.id}`);
    return body.done ? body : undefined;
  });
  expect(done).toMatchObject({ subjects: 1, lines: 4 });
  const again = await control.ask('POST', `${LIVE}/erasures`, {
    body: { ...body, id: asked.body.id },
  });
  expect(again.body).toMatchObject({ subjects: 1, done: true });

  await log.flush();
  const left = await log.lines();
  expect(JSON.stringify(left)).not.toMatch(/secret/);
  expect(left).toHaveLength(lines.length);
  expect(left.filter((line) => line.erased)).toHaveLength(3);
  expect(await exposed()).toEqual(counted);
  const contributions = await log.list('contrib');
  expect(contributions).toHaveLength(1);
});

it('forgets the id that a person had before', async () => {
  const flag = 'merged';
  await send(batch([exposure('before-secret', 'on', { flag })]));
  const identify = {
    id: uuid7(),
    type: 'identify',
    at: Date.now(),
    units: { user: 'after-secret' },
    previous: { user: 'before-secret' },
  };
  await send(batch([identify]));
  await send(batch([exposure('before-secret', 'on', { flag, epoch: 1 })]));
  await log.flush();
  const { body } = await control.ask('POST', `${LIVE}/erasures`, {
    body: { units: { user: 'after-secret' } },
  });
  await until(async () => {
    const { body: state } = await control.ask('GET', `${LIVE}/erasures/${body.id}`);
    return state.done ? state : undefined;
  });
  await log.flush();
  expect(JSON.stringify(await log.lines())).not.toMatch(/secret/);
});

it('keeps beside the log what it is counted by', async () => {
  const metric = { event: 'order-paid', type: 'sum' };
  await control.ask('PUT', '/api/v1/projects/shop/metrics/revenue', { body: metric });
  const counted = exposure('counted');
  const line = await until(async () => {
    await post(control.workers.edge, key, batch([counted, exposure('counted')]));
    await log.flush();
    const lines = await log.lines();
    return lines.findLast((line) => line.definitions !== undefined);
  });
  const name = `${line.definitions}.json`;
  expect(await log.list('defs')).toContainEqual({ name, bytes: expect.any(Number) });
  const text = new TextDecoder().decode(await log.bytes(name, 'defs'));
  expect(JSON.parse(text)).toMatchObject({ units: expect.any(Array) });
});

it('says what is wrong with an erasure', async () => {
  const cases: [object, number, string][] = [
    [{ units: {} }, 400, 'invalid_units'],
    [{}, 400, 'invalid_body'],
    [{ units: { user: 'x' }, id: 'not an id' }, 400, 'invalid_id'],
  ];
  for (const [body, status, code] of cases) {
    const answer = await control.ask('POST', `${LIVE}/erasures`, { body });
    expect(answer).toMatchObject({ status, body: { error: { code } } });
  }
  const unknown = await control.ask('GET', `${LIVE}/erasures/${'0'.repeat(32)}`);
  expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'erasure_not_found' } } });
});
