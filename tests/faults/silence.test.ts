// A warm isolate, and a source that says nothing: the time limit ends the wait, also where it is the
// first thing that a request waits for.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { pause } from './load.ts';
import { type Faults, Machine } from './machine.ts';
import { batchOf, story } from './people.ts';
import { Project } from './project.ts';
import { Random, seed } from './random.ts';

/** Until then an isolate does not ask the hub again. */
const HUB_IS_OLD_MS = 3_100;
/** What a busy machine may take beside the wait. */
const SLACK_MS = 3_000;

let machine: Machine;
let project: Project;
const random = new Random(seed());

beforeAll(async () => {
  // A limit that is bound is waited for, and hides what comes after it.
  const variables = { PENNON_DURABLE_QUEUES: 'true' };
  machine = await Machine.start({ variables, isUnlimited: true });
  project = await Project.setUp(machine);
});
afterEach(() => machine.heal());
afterAll(() => machine?.close());

const health = () => fetch(`${machine.edge}/healthz`);
const events = () => project.send(batchOf(story(random, 0)));
const evaluate = () =>
  fetch(`${machine.edge}/v1/evaluate?key=${project.clientKey}`, {
    method: 'POST',
    body: JSON.stringify({ context: { units: { user: 'u1', device: 'd1' } } }),
  });

const hang = { mode: 'hang' } as const;

const CASES: readonly [string, string, Faults, number, () => Promise<Response>, object][] = [
  ['the key-value store', '/healthz', { SNAPSHOTS: hang }, 2_000, health, { degraded: true }],
  ['the hub', '/v1/config', { HUB: hang }, 1_000, () => project.config(), {}],
  ['the hub', '/v1/evaluate', { HUB: hang }, 1_000, evaluate, { flags: {} }],
  ['a shard', '/v1/events', { SHARD: hang }, 10_000, events, { rejected: [] }],
];

it.each(CASES)('%s says nothing: %s answers', async (_source, _path, faults, ms, ask, shape) => {
  for (const request of [project.config, evaluate, events]) {
    expect((await request.call(project)).status).toBe(200);
  }
  await machine.fail('edge', faults);
  await pause(HUB_IS_OLD_MS);
  const began = performance.now();
  const answer = await Promise.race([ask(), pause(ms + SLACK_MS)]);
  const took = performance.now() - began;
  if (answer === undefined) throw new Error(`no answer in ${ms + SLACK_MS} ms`);
  expect(answer.status).toBe(200);
  expect(took).toBeGreaterThanOrEqual(ms - 50);
  if (Object.keys(shape).length > 0) expect(await answer.json()).toMatchObject(shape);
});

it('the cache says nothing: a key that is new to the isolate is let in', async () => {
  await machine.restart();
  expect((await health()).status).toBe(200);
  await machine.fail('edge', { CACHE: hang });
  const answer = await Promise.race([project.config(), pause(6 * 500 + SLACK_MS)]);
  expect(answer?.status).toBe(200);
});
