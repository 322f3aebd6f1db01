// A shard that refuses, says nothing, or loses its answer: the client is told to come again, and
// coming again counts nothing twice.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditTotals } from './audit.ts';
import { type Faults, Machine } from './machine.ts';
import { batchOf, type Deed, story, uuid7 } from './people.ts';
import { Project } from './project.ts';
import { Random, seed } from './random.ts';
import { foundSums } from './totals.ts';

let machine: Machine;
let project: Project;
const random = new Random(seed());
const ledger: Deed[] = [];

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

function deeds(people: number): Deed[] {
  const made = Array.from({ length: people }, () => story(random, 0)).flat();
  const good = made.filter(({ flag, value }) => flag !== undefined || value !== undefined);
  ledger.push(...good);
  return good;
}

function acknowledge(part: readonly Deed[]): void {
  for (const deed of part) deed.fate = 'acknowledged';
}

async function expectExactTotals(): Promise<void> {
  expect(auditTotals(await foundSums(project), ledger).findings).toEqual([]);
}

const CASES: readonly [string, 'edge' | 'control', Faults][] = [
  ['cannot be reached', 'edge', { SHARD: { mode: 'refuse' } }],
  ['fails', 'control', { 'Shard.fetch': { mode: 'refuse' } }],
  ['says nothing for ten seconds', 'edge', { SHARD: { mode: 'hang' } }],
  ['commits, and the answer is lost', 'edge', { SHARD: { mode: 'deaf' } }],
  ['commits and then fails', 'control', { 'Shard.fetch': { mode: 'deaf' } }],
  ['fails every second time', 'edge', { SHARD: { mode: 'refuse', every: 2 } }],
];

it.each(CASES)('a shard that %s is a 503, and the retry is exact', async (_, script, faults) => {
  const part = deeds(10);
  const id = uuid7();
  await machine.fail(script, faults);
  const refused = await project.send(batchOf(part, id));
  expect(Object.values(await machine.struck(script))[0]).toBeGreaterThan(0);
  await machine.heal();
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ error: { code: 'shard_unavailable' } });
  for (const attempt of ['first retry', 'second retry']) {
    const response = await project.send(batchOf(part, id));
    expect(response.status, attempt).toBe(200);
    const { accepted, duplicates } = await response.json();
    expect(accepted + duplicates, attempt).toBe(part.length);
  }
  acknowledge(part);
  await expectExactTotals();
});

it('batches under way while every seventh answer is lost arrive once each', async () => {
  await machine.fail('edge', { SHARD: { mode: 'deaf', every: 7 } });
  const batches = Array.from({ length: 30 }, () => ({ id: uuid7(), part: deeds(5) }));
  const deliver = async ({ id, part }: (typeof batches)[number]) => {
    for (let status = 0; status !== 200; ) {
      status = (await project.send(batchOf(part, id))).status;
      expect([200, 503]).toContain(status);
    }
    acknowledge(part);
  };
  await Promise.all(batches.map(deliver));
  await machine.heal();
  await expectExactTotals();
});

it('the audit itself notices an acknowledgement without a commit', async () => {
  const part = deeds(10);
  await machine.fail('edge', { SHARD: { mode: 'answer', answer: { fresh: [] } } });
  const response = await project.send(batchOf(part));
  await machine.heal();
  expect(response.status).toBe(200);
  acknowledge(part);
  const { lost, doubled } = auditTotals(await foundSums(project), ledger);
  expect(lost).toBeGreaterThan(0);
  expect(doubled).toBe(0);
});
