// A store that refuses: flags go on being served, events go on being taken, and a publication
// arrives as soon as it can.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pause } from './load.ts';
import { type Faults, Machine } from './machine.ts';
import { batchOf, story } from './people.ts';
import { Project } from './project.ts';
import { Random, seed } from './random.ts';

/** An isolate trusts what it holds for 2 seconds. */
const NO_LONGER_FRESH_MS = 2_100;

let machine: Machine;
let project: Project;
const random = new Random(seed());

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

const refuse = { mode: 'refuse' } as const;
const hang = { mode: 'hang' } as const;

const ONE_DOWN: readonly [string, Faults][] = [
  ['the key-value store says nothing', { SNAPSHOTS: hang }],
  ['the bucket says nothing', { ARCHIVE: hang }],
  ['the cache refuses', { CACHE: refuse }],
  ['the project object cannot be reached', { PROJECT: refuse }],
  ['all but the bucket are down', { SNAPSHOTS: refuse, CACHE: refuse, PROJECT: refuse }],
];

it.each(ONE_DOWN)('%s: a cold isolate serves the plan and takes events', async (_, faults) => {
  const whole = await (await project.config()).arrayBuffer();
  await machine.restart();
  await machine.fail('edge', faults);
  const config = await project.config();
  expect(config.status).toBe(200);
  expect(Buffer.from(await config.arrayBuffer()).equals(Buffer.from(whole))).toBe(true);
  const tag = config.headers.get('ETag') ?? '';
  expect((await project.config({ 'If-None-Match': tag })).status).toBe(304);
  expect((await project.send(batchOf(story(random, 0)))).status).toBe(200);
  await machine.heal();
});

it('everything is down: a warm isolate serves what it holds, and counts on', async () => {
  const whole = await (await project.config()).arrayBuffer();
  await machine.fail('edge', {
    SNAPSHOTS: refuse,
    ARCHIVE: refuse,
    CACHE: refuse,
    PROJECT: refuse,
  });
  await pause(NO_LONGER_FRESH_MS);
  for (let look = 0; look < 3; look += 1) {
    const config = await project.config();
    expect(config.status).toBe(200);
    expect(Buffer.from(await config.arrayBuffer()).equals(Buffer.from(whole))).toBe(true);
    expect((await project.send(batchOf(story(random, 0)))).status).toBe(200);
    await pause(NO_LONGER_FRESH_MS);
  }
  await machine.heal();
});

it('everything is down: a cold isolate says that it knows nothing, and is well again later', async () => {
  await machine.restart();
  await machine.fail('edge', {
    SNAPSHOTS: refuse,
    ARCHIVE: refuse,
    CACHE: refuse,
    PROJECT: refuse,
  });
  const batch = batchOf(story(random, 0));
  for (const response of [await project.config(), await project.send(batch)]) {
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ error: { code: 'store_unavailable' } });
  }
  await machine.heal();
  await pause(NO_LONGER_FRESH_MS);
  expect((await project.config()).status).toBe(200);
  expect((await project.send(batch)).status).toBe(200);
});

const PUBLISHING: readonly [string, Faults][] = [
  ['the bucket refuses', { ARCHIVE: refuse }],
  ['the key-value store refuses', { SNAPSHOTS: refuse }],
  ['the key-value store refuses every second write', { SNAPSHOTS: { mode: 'refuse', every: 2 } }],
  ['the bucket writes and loses its answer', { ARCHIVE: { mode: 'deaf' } }],
];

it.each(PUBLISHING)(
  '%s: a change is committed, and published once it can be',
  async (_, faults) => {
    await machine.fail('control', faults);
    const changed = await project.writeFlag('changed', { description: JSON.stringify(faults) });
    expect(changed.status).toBeLessThan(300);
    await machine.heal();
    const { revision } = changed.body;
    for (let look = 0; ; look += 1) {
      const { body } = await project.ask('GET', project.path);
      if (body.published) break;
      expect(look, 'the outbox did not deliver').toBeLessThan(100);
      await pause(200);
    }
    await pause(NO_LONGER_FRESH_MS);
    const config = await project.config();
    expect(Number(config.headers.get('X-Pennon-Revision'))).toBe(revision);
  },
);
