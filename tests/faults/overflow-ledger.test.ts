// Whatever goes wrong between a shard that is out of reach and the consumer of the overflow queue,
// totals and log are those of the ledger. Local queues live in memory, so nobody is killed here.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { auditLog, auditTotals } from './audit.ts';
import { type Faults, Machine } from './machine.ts';
import { batchOf, type Deed, story, uuid7 } from './people.ts';
import { Project } from './project.ts';
import { Random, seed } from './random.ts';
import { logLines } from './raw-log.ts';
import { foundSums } from './totals.ts';

const PEOPLE = 8;
const PATIENCE = { timeout: 60_000, interval: 250 };

let machine: Machine;
let project: Project;
const random = new Random(seed());
const ledger: Deed[] = [];

beforeAll(async () => {
  const variables = { PENNON_DURABLE_QUEUES: 'true', PENNON_RETRY_SECONDS: '1' };
  machine = await Machine.start({ variables });
  project = await Project.setUp(machine);
});
beforeEach(() => machine.heal());
afterAll(() => machine?.close());

function deeds(): Deed[] {
  const made = Array.from({ length: PEOPLE }, () => story(random, 0)).flat();
  const good = made.filter(({ flag, value }) => flag !== undefined || value !== undefined);
  ledger.push(...good);
  return good;
}

async function expectTaken(part: readonly Deed[], id?: string): Promise<void> {
  const response = await project.send(batchOf(part, id));
  expect(response.status).toBe(200);
  const { accepted, duplicates } = await response.json();
  expect(accepted + duplicates).toBe(part.length);
  for (const deed of part) deed.fate = 'acknowledged';
}

const findings = async () => auditTotals(await foundSums(project), ledger).findings;

const CONSUMERS: readonly [string, Faults][] = [
  ['works', {}],
  ['fails every third batch', { '@queue': { mode: 'refuse', every: 3 } }],
  ['does its work and fails every second time', { '@queue': { mode: 'deaf', every: 2 } }],
  ['finds the shards away every third time', { SHARD: { mode: 'refuse', every: 3 } }],
  ['loses the answer of a shard every second time', { SHARD: { mode: 'deaf', every: 2 } }],
];

it.each(CONSUMERS)(
  'with shards out of reach and a consumer that %s each event counts once',
  async (_, faults) => {
    await machine.fail('edge', { SHARD: { mode: 'refuse' } });
    await machine.fail('control', faults);
    const parts = Array.from({ length: 8 }, deeds);
    await Promise.all(parts.map((part) => expectTaken(part)));
    await expect.poll(findings, PATIENCE).toEqual([]);
    await machine.heal();
    // Sent again, by a client that did not see the answer.
    await Promise.all(parts.map((part) => expectTaken(part)));
    expect(await findings()).toEqual([]);
  },
);

it('a queue that takes it and loses its answer counts nothing twice', async () => {
  await machine.fail('edge', { SHARD: { mode: 'refuse' }, OVERFLOW: { mode: 'deaf' } });
  const [part, id] = [deeds(), uuid7()];
  expect((await project.send(batchOf(part, id))).status).toBe(503);
  await machine.heal();
  await expectTaken(part, id);
  await expect.poll(findings, PATIENCE).toEqual([]);
});

it('the log holds each of these events once', async () => {
  expect(auditLog(await logLines(project), ledger).findings).toEqual([]);
});
