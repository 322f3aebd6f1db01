// Push while stores refuse, while hubs do not answer, and to sockets that take nothing.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isKill, refusal, Stream } from '../../worker/test/stream-client.ts';
import { Machine } from './machine.ts';
import { Project } from './project.ts';

/** So old may a kill be that an isolate of the edge has not heard of. */
const EDGE_MS = 3_000;
/** Above every revision that a shower invents. */
const AFTER_SHOWERS = 1_000_000;
/** A burst makes no socket slow that has shown a sign of life within this time. */
const PATIENCE_MS = 10_000;

let machine: Machine;
let project: Project;

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});

afterAll(() => machine.close());

function open(held = 0): Promise<Stream> {
  return Stream.open(machine.edge, project.clientKey, { held });
}

/** Why the edge decides as it does. */
async function detailAtEdge(flag: string): Promise<string | undefined> {
  const answer = await fetch(`${machine.edge}/v1/evaluate`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${project.serverKey}` },
    body: JSON.stringify({ context: { units: { user: 'u-1' } }, flags: [flag] }),
  });
  return (await answer.json()).flags[flag].detail;
}

async function revisionNow(): Promise<number> {
  return (await project.must('GET', project.path)).revision;
}

it('kills reach sockets at once while both stores refuse, and so do their revisions', async () => {
  const held = await revisionNow();
  const stream = await open(held);
  expect(await detailAtEdge('by-user')).not.toBe('killed');
  await machine.fail('control', { ARCHIVE: { mode: 'refuse' }, SNAPSHOTS: { mode: 'refuse' } });
  const began = performance.now();
  const killed = await project.must('POST', `${project.path}/flags/by-user/kill`);
  const delta = await stream.heard(isKill);
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(killed.published).toBe(false);
  const keys = (await (await fetch(`${machine.edge}/v1/keys?key=${project.clientKey}`)).json()) as {
    keys: { id: string; public_key: string }[];
  };
  const holder = { environment: project.environment, held, keys: keys.keys };
  expect(refusal(holder, delta)).toBeUndefined();
  expect(delta).toMatchObject({ flag: 'by-user', killed: true, revision: killed.revision });
  await stream.reached(killed.revision);
  await expect.poll(() => detailAtEdge('by-user'), { timeout: EDGE_MS }).toBe('killed');

  // Who connects now hears it too, although no store has it.
  const late = await open(held);
  expect(await late.heard(isKill)).toEqual(delta);
  const far = await project.must('GET', `${project.path}/propagation`);
  expect(far.stores).toMatchObject({ archive: false, snapshots: false });
  await machine.heal();
  await project.must('POST', `${project.path}/flags/by-user/unkill`);
  await expect.poll(async () => (await project.must('GET', project.path)).published).toBe(true);
  stream.close();
  late.close();
});

it('a hub that refuses holds up no store, and hears everything in order later', async () => {
  const stream = await open(await revisionNow());
  await machine.fail('control', { HUB: { mode: 'refuse' } });
  const killed = await project.must('POST', `${project.path}/flags/by-user/kill`);
  const changed = await project.must('POST', `${project.path}/flags/by-device/kill`);
  expect(changed).toMatchObject({ published: true, hubs: { reached: 0, of: 1 } });
  expect(stream.messages.filter(isKill)).toEqual([]);
  await machine.heal();
  await stream.reached(changed.revision, 40_000);
  expect(stream.messages.filter(isKill).map(({ revision }) => revision)).toEqual([
    killed.revision,
    changed.revision,
  ]);
  expect(stream.revisions).toEqual(stream.revisions.toSorted((a, b) => a - b));
  for (const flag of ['by-user', 'by-device']) {
    await project.must('POST', `${project.path}/flags/${flag}/unkill`);
  }
  stream.close();
}, 60_000);

it('a hub that never met its project lets clients in, and catches up by itself', async () => {
  const all = '/api/v1/projects/shop/environments';
  await project.must('POST', all, { key: 'fresh', name: 'F' });
  const { key } = await project.must('POST', `${all}/fresh/keys`, { kind: 'client' });
  await machine.fail('control', { PROJECT: { mode: 'refuse' } });
  const stream = await Stream.open(machine.edge, key);
  await stream.reached(1);
  await machine.heal();
  await project.writeFlag('newcomer');
  const { revision } = await project.must('GET', `${all}/fresh`);
  expect(revision).toBeGreaterThan(1);
  await stream.reached(revision, 20_000);
  stream.close();
}, 40_000);

it('sockets that take nothing are closed, and memory does not grow', async () => {
  const dead = await Promise.all(Array.from({ length: 20 }, () => deaf()));
  const alive = await open();
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS + 1_000));
  await alive.ping();
  const before = machine.resident();
  let revision = await revisionNow();
  for (let burst = 0; burst < 8; burst += 1) {
    await alive.ping();
    revision = await shower(revision, 500);
    await alive.heard((message) => message.revision === revision);
  }
  const grown = machine.resident() - before;
  expect(grown).toBeLessThan(64 * 1024 * 1024);
  await expect
    .poll(async () => (await project.must('GET', `${project.path}/propagation`)).sockets)
    .toBeLessThanOrEqual(2);
  await alive.ping();
  alive.close();
  for (const socket of dead) socket.destroy();
}, 120_000);

// The last story: the write that hangs is given up only after half a minute.
it('kills reach sockets while the stores hang', async () => {
  const stream = await open(AFTER_SHOWERS);
  await machine.fail('control', { ARCHIVE: { mode: 'hang' } });
  const began = performance.now();
  const asked = project.must('POST', `${project.path}/flags/by-user/kill`);
  const delta = await stream.heard(isKill);
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(delta.killed).toBe(true);
  expect(await asked).toMatchObject({ published: false, revision: delta.revision });
  expect(performance.now() - began).toBeLessThan(10_000);
  await machine.heal();
  stream.close();
});

/** A connection that is open and never reads. */
function deaf(): Promise<Socket> {
  const { hostname, port } = new URL(machine.edge);
  const socket = connect(Number(port), hostname);
  const lines = [
    `GET /v1/stream?key=${project.clientKey} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.on('error', () => {});
  return new Promise((resolve) => {
    socket.once('data', (answer) => {
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 101/);
      socket.pause();
      resolve(socket);
    });
  });
}

/** Tells a hub of many kills at once, as a Project object would after a long time apart. */
async function shower(above: number, n: number): Promise<number> {
  const { environment } = project;
  const messages = Array.from({ length: n }, (_, i) => {
    const delta = {
      environment,
      revision: above + i + 1,
      flag: `flag-${i}`,
      killed: true,
      key_id: '0'.repeat(16),
      signature: '0'.repeat(128),
    };
    return { type: 'kill', delta, public: true };
  });
  const body = JSON.stringify({ project: '', environment, region: 'local', messages });
  const answer = await machine.object('HUB', `${environment}/local`, '/tell', {
    method: 'POST',
    body,
  });
  expect(answer.status).toBe(200);
  return above + n;
}
