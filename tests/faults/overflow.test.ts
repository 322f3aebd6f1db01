// What a shard cannot take now waits in the overflow queue, where queues are safe, as on Cloudflare.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { until } from '../../worker/test/control.ts';
import { type BatchBody, batch, exposure, uuid7 } from '../../worker/test/edge-events-client.ts';
import { Machine } from './machine.ts';
import { Project } from './project.ts';

const variables = { PENNON_DURABLE_QUEUES: 'true', PENNON_RETRY_SECONDS: '0' };
const REFUSE = { SHARD: { mode: 'refuse' } } as const;

let machine: Machine;
let project: Project;
let counted = 0;

beforeAll(async () => {
  machine = await Machine.start({ variables });
  project = await Project.setUp(machine);
});
afterEach(() => machine.heal());
afterAll(() => machine?.close());

const people = (count: number, fields: object = {}) => {
  const flag = 'by-user';
  return Array.from({ length: count }, () => exposure(uuid7(), 'on', { flag, ...fields }));
};

async function send(body: BatchBody): Promise<unknown> {
  const response = await project.send(JSON.stringify(body));
  return { status: response.status, ...(await response.json()) };
}

async function exposed(): Promise<number> {
  const { flags } = await project.must('GET', `${project.path}/exposures?flag=by-user`);
  return flags[0]?.variants[0]?.exposed ?? 0;
}

/** Waits until so many more are counted, and looks once more a little later. */
async function expectMore(count: number): Promise<void> {
  counted += count;
  await until(async () => ((await exposed()) >= counted ? true : undefined));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await exposed()).toBe(counted);
}

const deadLetters = async () => {
  const { dead_letters } = await project.must('GET', `${project.path}/dead-letters`);
  return dead_letters as { name: string; received_at: number; bytes: number }[];
};

it('acknowledges a batch that waits, and counts it once', async () => {
  await machine.fail('edge', REFUSE);
  const sent = batch(people(20), { dropped: 3 });
  expect(await send(sent)).toEqual({ status: 200, accepted: 20, duplicates: 0, rejected: [] });
  await expectMore(20);
  await machine.heal();
  expect(await send(sent)).toMatchObject({ status: 200, accepted: 0, duplicates: 20 });
  await expectMore(0);
});

it('doubles nothing that was committed before the answer was lost', async () => {
  await machine.fail('edge', { SHARD: { mode: 'deaf' } });
  expect(await send(batch(people(20)))).toMatchObject({ status: 200, accepted: 20 });
  await expectMore(20);
});

it('cuts what is too large for one message', async () => {
  await machine.fail('edge', REFUSE);
  const properties = { note: 'x'.repeat(900) };
  const tracks = Array.from({ length: 150 }, () => {
    const units = { user: 'one-shard' };
    return { id: uuid7(), type: 'track', at: Date.now(), units, name: 'seen', properties };
  });
  const sent = batch([...tracks, ...people(5)]);
  expect(await send(sent)).toMatchObject({ status: 200, accepted: 155 });
  await expectMore(5);
  await machine.heal();
  expect(await send(sent)).toMatchObject({ accepted: 0, duplicates: 155 });
});

it('goes on when the consumer fails at every third batch', async () => {
  await machine.fail('edge', REFUSE);
  await machine.fail('control', { '@queue': { mode: 'refuse', every: 3 } });
  for (let n = 0; n < 12; n += 1) {
    expect(await send(batch(people(3)))).toMatchObject({ status: 200, accepted: 3 });
  }
  await expectMore(36);
});

it('answers 503 when neither shard nor queue takes a part', async () => {
  await machine.fail('edge', { ...REFUSE, OVERFLOW: { mode: 'refuse' } });
  const sent = batch(people(4));
  const response = await project.send(JSON.stringify(sent));
  expect(response.status).toBe(503);
  expect(response.headers.get('Retry-After')).toMatch(/^\d+$/);
  await machine.heal();
  expect(await send(sent)).toMatchObject({ status: 200, accepted: 4 });
  await expectMore(4);
});

it('keeps what fails for ever as a file, and replays it', async () => {
  await machine.fail('edge', REFUSE);
  await machine.fail('control', { SHARD: { mode: 'refuse', only: '/deliver' } });
  const sent = batch(people(7));
  expect(await send(sent)).toMatchObject({ status: 200, accepted: 7 });
  const replay = `${project.path}/dead-letters/replay`;
  const letters = await until(async () => {
    const letters = await deadLetters();
    return letters.length === (await partsOf(letters)) ? letters : undefined;
  });
  const refused = await project.must('POST', replay);
  expect(refused).toMatchObject({ replayed: 0 });
  expect(refused.failed).toHaveLength(letters.length);
  expect(await deadLetters()).toEqual(letters);

  await machine.heal();
  expect(await project.must('POST', replay)).toEqual({
    replayed: letters.length,
    failed: [],
    more: false,
  });
  expect(await deadLetters()).toEqual([]);
  await expectMore(7);
  expect(await project.must('POST', replay)).toMatchObject({ replayed: 0 });
  expect(await send(sent)).toMatchObject({ accepted: 0, duplicates: 7 });
});

it('brings nobody back who was erased while a dead letter waited', async () => {
  await machine.fail('edge', REFUSE);
  await machine.fail('control', { SHARD: { mode: 'refuse', only: '/deliver' } });
  const [first, ...others] = people(6);
  expect(await send(batch([first, ...others]))).toMatchObject({ accepted: 6 });
  await until(async () => {
    const letters = await deadLetters();
    return letters.length === (await partsOf(letters)) ? letters : undefined;
  });
  const body = { units: first?.units };
  const erasure = await project.must('POST', `${project.path}/erasures`, body);
  await until(async () => {
    const state = await project.must('GET', `${project.path}/erasures/${erasure.id}`);
    return state.done ? state : undefined;
  });
  await machine.heal();
  await project.must('POST', `${project.path}/dead-letters/replay`);
  expect(await deadLetters()).toEqual([]);
  await expectMore(5);
});

it('brings what waited to the shards of today', async () => {
  await machine.fail('edge', REFUSE);
  await machine.fail('control', { SHARD: { mode: 'refuse', only: '/deliver' } });
  const sent = batch(people(12), { dropped: 5 });
  expect(await send(sent)).toMatchObject({ accepted: 12 });
  await until(async () => {
    const letters = await deadLetters();
    return letters.length === (await partsOf(letters)) ? letters : undefined;
  });
  await machine.heal();
  await project.must('POST', `${project.path}/shards`, { shards: 8 });
  await until(async () => {
    const { shards } = await project.must('GET', project.path);
    return shards === 8 ? true : undefined;
  });
  const answer = await project.must('POST', `${project.path}/dead-letters/replay`);
  expect(answer.failed).toEqual([]);
  await expectMore(12);
  expect(await send(sent)).toMatchObject({ accepted: 0, duplicates: 12 });
});

/** How many parts are to come; -1 before the first. They come one after another. */
async function partsOf(letters: readonly object[]): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const later = await deadLetters();
  return letters.length === 0 ? -1 : later.length;
}
