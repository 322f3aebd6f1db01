// Push when things end: workerd is killed, or a hub leaves memory. Clients come back and converge.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE } from './control.ts';
import { Stream } from './stream-client.ts';

/** After ten seconds without work a hub is taken out of memory; its sockets stay. */
const EVICTION_MS = 12_000;

let control: Control;
let key: string;

beforeAll(async () => {
  control = await Control.withProject();
  key = (await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'client' } })).body.key;
});
afterAll(() => control.end());

async function publish(flag: string): Promise<number> {
  return (await control.ask('PUT', `${LIVE}/flags/${flag}`, { body: booleanFlag() })).body.revision;
}

function open(n: number): Promise<Stream[]> {
  return Promise.all(Array.from({ length: n }, () => Stream.open(control.workers.edge, key)));
}

test('a hub that has left memory still reaches its sockets', async () => {
  const streams = await open(3);
  const before = await publish('awake');
  await Promise.all(streams.map((stream) => stream.reached(before)));
  await new Promise((resolve) => setTimeout(resolve, EVICTION_MS));
  const revision = await publish('asleep');
  await Promise.all(streams.map((stream) => stream.reached(revision)));
  const { body } = await control.ask('GET', `${LIVE}/propagation`);
  expect(body).toMatchObject({ sockets: 3, hubs: [{ revision }] });
  for (const stream of streams) stream.close();
});

test('after kill -9 of workerd clients come back, and nobody is told less than before', async () => {
  const streams = await open(5);
  const told = await publish('before');
  await Promise.all(streams.map((stream) => stream.reached(told)));
  const attempts = Array.from({ length: 6 }, (_, n) => publish(`during-${n}`));
  await new Promise((resolve) => setTimeout(resolve, 40));
  const crash = control.crash();
  await Promise.allSettled(attempts);
  await crash;
  await Promise.all(streams.map((stream) => stream.closed));

  const again = await open(5);
  const firsts = await Promise.all(again.map((stream) => stream.reached(told)));
  expect(firsts.every((message) => message.revision >= told)).toBe(true);
  // What was committed before the end is told without anybody asking for it.
  const { revision } = (await control.ask('GET', LIVE)).body;
  await Promise.all(again.map((stream) => stream.reached(revision)));
  const next = await publish('after');
  await Promise.all(again.map((stream) => stream.reached(next)));
  for (const stream of again) {
    expect(stream.revisions).toEqual(stream.revisions.toSorted((a, b) => a - b));
    stream.close();
  }
});
