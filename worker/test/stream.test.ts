// Push: what a connection hears, and when. The contract is docs/push.md.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE, until } from './control.ts';
import { isKill, isRevision, Stream } from './stream-client.ts';

let control: Control;
let clientKey: string;
let serverKey: string;
let environment: string;

beforeAll(async () => {
  control = await Control.withProject();
  clientKey = (await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'client' } })).body.key;
  serverKey = (await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'server' } })).body.key;
  environment = (await control.ask('GET', LIVE)).body.id;
  await publish('sale', true);
});
afterAll(() => control.end());

/** Publishes a revision, and answers which. */
async function publish(flag: string, on: boolean, changes = {}): Promise<number> {
  const variant = on ? 'on' : 'off';
  const body = booleanFlag({ fallthrough: { variant }, ...changes });
  return (await control.ask('PUT', `${LIVE}/flags/${flag}`, { body })).body.revision;
}

function config(key: string): Promise<Response> {
  const headers = { Authorization: `Bearer ${key}`, 'Accept-Encoding': 'identity' };
  return fetch(`${control.workers.edge}/v1/config`, { headers });
}

test.each(['client', 'server'])('a %s hears the newest revision at once', async (kind) => {
  const key = kind === 'client' ? clientKey : serverKey;
  const stream = await Stream.open(control.workers.edge, key);
  const message = await stream.heard(isRevision);
  const served = await config(key);
  expect(message).toEqual({
    type: 'revision',
    environment,
    revision: Number(served.headers.get('X-Pennon-Revision')),
    snapshot: served.headers.get('ETag')?.replaceAll('"', ''),
  });
  await served.arrayBuffer();
  stream.close();
});

test('a publication is heard within a second, in order, and can be fetched then', async () => {
  const streams = await Promise.all(
    [clientKey, clientKey, serverKey].map((key) => Stream.open(control.workers.edge, key)),
  );
  for (let n = 0; n < 12; n += 1) {
    const began = performance.now();
    const revision = await publish('sale', n % 2 === 0);
    await Promise.all(streams.map((stream) => stream.reached(revision)));
    // The answer to the admin is part of this second; a machine that is busy gets three.
    expect(performance.now() - began).toBeLessThan(3_000);
  }
  const [stream] = streams as [Stream];
  const { snapshot } = stream.messages.filter(isRevision).at(-1) ?? {};
  await until(async () => {
    const served = await config(clientKey);
    await served.arrayBuffer();
    return served.headers.get('ETag') === `"${snapshot}"` ? true : undefined;
  });
  for (const stream of streams) {
    expect(stream.revisions).toEqual(stream.revisions.toSorted((a, b) => a - b));
    stream.close();
  }
});

test('a burst of publications ends on the last, and no connection goes back', async () => {
  const streams = await Promise.all(
    Array.from({ length: 20 }, () => Stream.open(control.workers.edge, clientKey)),
  );
  const flags = Array.from({ length: 24 }, (_, n) => publish(`burst-${n}`, true));
  const last = Math.max(...(await Promise.all(flags)));
  for (const stream of streams) {
    await stream.reached(last);
    expect(stream.newest).toBe(last);
    expect(stream.revisions).toEqual(stream.revisions.toSorted((a, b) => a - b));
    stream.close();
  }
});

test('a kill comes before its revision, and goes to those who may know of the flag', async () => {
  await publish('hidden', true, { client: false });
  const revision = await publish('seen', true);
  const client = await Stream.open(control.workers.edge, clientKey, { held: revision });
  const server = await Stream.open(control.workers.edge, serverKey, { held: revision });
  for (const flag of ['hidden', 'seen']) {
    const { body } = await control.ask('POST', `${LIVE}/flags/${flag}/kill`);
    const delta = await server.heard((message) => isKill(message) && message.flag === flag);
    expect(delta).toMatchObject({ environment, revision: body.revision, killed: true });
    await server.reached(body.revision);
    await client.reached(body.revision);
    const kinds = server.messages.filter((message) => message.revision === body.revision);
    expect(kinds.map(({ type }) => type)).toEqual(['kill', 'revision']);
  }
  expect(client.messages.filter(isKill).map(({ flag }) => flag)).toEqual(['seen']);
  const { body } = await control.ask('POST', `${LIVE}/flags/seen/unkill`);
  const back = await client.heard((message) => isKill(message) && !message.killed);
  expect(back).toMatchObject({ flag: 'seen', revision: body.revision });
  client.close();
  server.close();
});

test('who connects hears the kills above what it holds, each flag once', async () => {
  const before = await publish('late', true);
  await control.ask('POST', `${LIVE}/flags/late/kill`);
  await control.ask('POST', `${LIVE}/flags/late/unkill`);
  const { body } = await control.ask('POST', `${LIVE}/flags/late/kill`);
  const heard = async (held: number) => {
    const stream = await Stream.open(control.workers.edge, clientKey, { held });
    await stream.reached(body.revision);
    stream.close();
    return stream.messages.filter((message) => isKill(message) && message.flag === 'late');
  };
  expect(await heard(before)).toMatchObject([{ revision: body.revision, killed: true }]);
  expect(await heard(body.revision)).toEqual([]);
});

test('a ping is answered, and what is no message of a client ends the connection', async () => {
  const stream = await Stream.open(control.workers.edge, clientKey);
  await stream.ping();
  stream.send('{"type":"held","revision":"many"}');
  expect(await stream.closed).toBe(1008);
  const long = await Stream.open(control.workers.edge, clientKey);
  long.send(`{"type":"held","revision":1,"more":"${'x'.repeat(2_000)}"}`);
  expect(await long.closed).toBe(1008);
});

test('how far a revision has come is told: stores, hubs, sockets, and who holds it', async () => {
  const streams = await Promise.all(
    Array.from({ length: 3 }, () => Stream.open(control.workers.edge, clientKey)),
  );
  const flag = await control.ask('PUT', `${LIVE}/flags/far`, { body: booleanFlag() });
  expect(flag.body).toMatchObject({ published: true, hubs: { reached: 1, of: 1 } });
  const { revision } = flag.body;
  await Promise.all(streams.map((stream) => stream.reached(revision)));
  const propagation = async () => (await control.ask('GET', `${LIVE}/propagation`)).body;
  const sockets = (await propagation()).sockets;
  expect(sockets).toBeGreaterThanOrEqual(3);
  expect(await propagation()).toMatchObject({
    revision,
    stores: { archive: true, snapshots: true, waiting: 0 },
    hubs: [{ region: 'local', revision }],
    holding: 0,
  });
  streams[0]?.hold(revision);
  streams[1]?.hold(revision + 1_000);
  streams[2]?.hold(revision - 1);
  await until(async () => ((await propagation()).holding === 2 ? true : undefined));
  for (const stream of streams) stream.close();
});

test('only a WebSocket with a key is let in', async () => {
  const address = `${control.workers.edge}/v1/stream`;
  const plain = await fetch(`${address}?key=${clientKey}`);
  expect([plain.status, (await plain.json()).error.code]).toEqual([426, 'upgrade_required']);
  for (const key of ['', 'pk_env_nonsense', serverKey.replace('sk_', 'pk_')]) {
    await expect(Stream.open(control.workers.edge, key)).rejects.toThrow();
  }
});
