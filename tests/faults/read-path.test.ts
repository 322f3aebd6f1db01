// Deciding at the edge while sources fail: with any one of them alive nothing is noticed, with none
// what was known last goes on and says so, and the first source that comes back ends that.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pause } from './load.ts';
import { type Faults, Machine } from './machine.ts';
import { Project } from './project.ts';

/** How long a record is used while nobody confirms it, and a little more. */
const NO_LONGER_USABLE_MS = 10_200;
/** How long the edge waits for one store. */
const STORE_MS = 1_500;

let machine: Machine;
let project: Project;

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

const refuse = { mode: 'refuse' } as const;
const hang = { mode: 'hang' } as const;
const STORES = { SNAPSHOTS: refuse, ARCHIVE: refuse };
const ALL = { ...STORES, PROJECT: refuse, HUB: refuse };

interface Evaluation {
  readonly status: number;
  readonly isMarked: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

async function evaluate(): Promise<Evaluation> {
  const response = await fetch(`${machine.edge}/v1/evaluate?key=${project.clientKey}`, {
    method: 'POST',
    body: JSON.stringify({ context: { units: { user: 'u1', device: 'd1' } } }),
  });
  const isMarked = response.headers.get('X-Pennon-Stale') === '1';
  return { status: response.status, isMarked, body: await response.json() };
}

const reasons = ({ body }: Evaluation): unknown[] =>
  Object.values<{ reason: string }>(body.flags).map(({ reason }) => reason);

const ONE_ALIVE: readonly [string, Faults][] = [
  ['the hub refuses', { HUB: refuse }],
  ['the hub says nothing', { HUB: hang }],
  ['the control plane is dead', { PROJECT: refuse, HUB: refuse }],
  ['the key-value store is dead', { SNAPSHOTS: refuse }],
  ['the bucket is dead', { ARCHIVE: refuse }],
  ['all but the bucket are dead', { ...ALL, ARCHIVE: { mode: 'deaf', only: 'nothing' } }],
  [
    'all but the key-value store are dead',
    { ...ALL, SNAPSHOTS: { mode: 'deaf', only: 'nothing' } },
  ],
  ['both stores say nothing', { SNAPSHOTS: hang, ARCHIVE: hang }],
];

it.each(ONE_ALIVE)('%s: a cold isolate decides as before, unmarked', async (_, faults) => {
  const before = await evaluate();
  expect(before.status).toBe(200);
  await machine.restart();
  await machine.fail('edge', faults);
  const after = await evaluate();
  expect(after.body).toEqual(before.body);
  expect(after.isMarked).toBe(false);
  await machine.heal();
});

it('an isolate that lacks both snapshots waits for a silent store once', async () => {
  await project.writeFlag('unseen');
  await machine.restart();
  await machine.fail('edge', { SNAPSHOTS: { ...hang, only: 'snap/' } });
  const began = performance.now();
  const { status, body } = await evaluate();
  const took = performance.now() - began;
  const { SNAPSHOTS: struck } = await machine.struck('edge');
  await machine.heal();
  expect([status, struck]).toEqual([200, 2]);
  expect(body.flags.unseen).toBeDefined();
  expect(took).toBeGreaterThanOrEqual(STORE_MS);
  expect(took).toBeLessThan(2 * STORE_MS);
});

it('everything but the cache is dead: a cold isolate decides, marks it, and recovers', async () => {
  const before = await evaluate();
  await pause(NO_LONGER_USABLE_MS);
  await machine.restart();
  await machine.fail('edge', ALL);
  const after = await evaluate();
  expect(after.status).toBe(200);
  expect(after.isMarked).toBe(true);
  expect(after.body.stale).toBe(true);
  expect(after.body.revision).toBe(before.body.revision);
  expect(new Set(reasons(after))).toEqual(new Set(['STALE']));
  const config = await project.config();
  expect(config.status).toBe(200);
  expect(config.headers.get('X-Pennon-Stale')).toBe('1');
  await machine.heal();
  for (let look = 0; look < 20 && (await evaluate()).isMarked; look += 1) await pause(300);
  expect(await evaluate()).toEqual(before);
});

/** What exactly is wrong is for the log. */
const unwell = { ok: false, error: 'it does not answer as it should' };

it('everything is dead: a warm isolate decides at once, and marks it when it is old', async () => {
  const before = await evaluate();
  await machine.fail('edge', { ...ALL, CACHE: refuse });
  await pause(NO_LONGER_USABLE_MS);
  await evaluate();
  await pause(2_200);
  const began = performance.now();
  const after = await evaluate();
  // Nobody waits for sources of which it is known that they are dead.
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(after.isMarked).toBe(true);
  expect(after.body.flags['by-user'].value).toBe(before.body.flags['by-user'].value);
  const health = await fetch(`${machine.edge}/healthz`);
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({
    ok: false,
    degraded: true,
    dependencies: { kv: unwell, r2: unwell, project: unwell },
  });
  await machine.heal();
});

it('everything is dead and nothing is known: 503, with a time to come back', async () => {
  await machine.restart();
  await machine.fail('edge', { ...ALL, CACHE: refuse });
  const response = await project.config();
  expect(response.status).toBe(503);
  expect(response.headers.get('Retry-After')).toMatch(/^\d+$/);
  expect(await response.json()).toMatchObject({ error: { code: 'store_unavailable' } });
  await machine.heal();
  expect((await project.config()).status).toBe(200);
});

it('a dead control plane takes no edge out of service', async () => {
  await machine.fail('edge', { PROJECT: refuse, HUB: refuse, SNAPSHOTS: refuse });
  await pause(5_100);
  const health = await fetch(`${machine.edge}/healthz`);
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({ ok: true, degraded: true });
  await machine.heal();
});
