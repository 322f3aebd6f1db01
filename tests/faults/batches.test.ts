// Batches as bad networks and bad clocks make them. However they come, the sums are those of what
// people did.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditLog, auditTotals } from './audit.ts';
import { Machine } from './machine.ts';
import { batchOf, type Deed, story, uuid7 } from './people.ts';
import { Project } from './project.ts';
import { Random, seed } from './random.ts';
import { logLines } from './raw-log.ts';
import { foundSums } from './totals.ts';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const PEOPLE = 20;
const EVENTS = 15;

let machine: Machine;
let project: Project;
const random = new Random(seed());
const ledger: Deed[] = [];

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

/** A way for batches to come, and how far the client's clock is off. */
interface Way {
  readonly name: string;
  readonly arrange?: (batches: Deed[][]) => Deed[][];
  readonly clockMs?: number;
  /** How long the events waited in the outbox. */
  readonly lateMs?: number;
}

const WAYS: readonly Way[] = [
  { name: 'in order' },
  { name: 'each three times', arrange: (batches) => batches.flatMap((one) => [one, one, one]) },
  { name: 'last first', arrange: (batches) => batches.toReversed() },
  {
    name: 'the same events in other batches',
    arrange: (batches) => [...batches, ...slices(batches.flat().toReversed())],
  },
  { name: 'two days late', lateMs: 48 * HOUR },
  { name: 'from a clock a year ahead', clockMs: YEAR },
  { name: 'from a clock a year behind', clockMs: -YEAR },
  { name: 'late, from a clock a year behind, last first', lateMs: 48 * HOUR, clockMs: -YEAR },
];

function slices(deeds: readonly Deed[]): Deed[][] {
  const count = Math.ceil(deeds.length / EVENTS);
  return Array.from({ length: count }, (_, n) => deeds.slice(n * EVENTS, (n + 1) * EVENTS));
}

/** What people did, as written by a client whose clock is off and who was offline. */
function written({ clockMs = 0, lateMs = 0 }: Way, group: number): Deed[] {
  const made = Array.from({ length: PEOPLE }, () => story(random, group)).flat();
  return made
    .filter(({ flag, value }) => flag !== undefined || value !== undefined)
    .map((deed) => {
      const at = Math.max(Number(deed.json.at) - lateMs, Date.now() - 6 * 24 * HOUR) + clockMs;
      return { ...deed, json: { ...deed.json, at } };
    });
}

it.each(WAYS)('batches that come $name count what people did', async (way) => {
  const deeds = written(way, WAYS.indexOf(way));
  ledger.push(...deeds);
  const { arrange = (batches) => batches, clockMs = 0 } = way;
  const ids = new Map<Deed[], string>();
  for (const batch of arrange(slices(deeds))) {
    const id = ids.get(batch) ?? uuid7();
    ids.set(batch, id);
    const response = await project.send(batchOf(batch, id, Date.now() + clockMs));
    expect(response.status).toBe(200);
    const { accepted, duplicates } = await response.json();
    expect(accepted + duplicates).toBe(batch.length);
  }
  for (const deed of deeds) deed.fate = 'acknowledged';
  expect(auditTotals(await foundSums(project), ledger).findings).toEqual([]);
});

it('the log holds each event once, at the time at which it happened', async () => {
  const lines = await logLines(project);
  expect(auditLog(lines, ledger).findings).toEqual([]);
  const told = new Map(ledger.map((deed) => [deed.json.id, deed]));
  for (const line of lines) {
    const deed = told.get(line.id);
    const { clockMs = 0 } = WAYS[deed?.person.group ?? 0] ?? {};
    const happened = Number(deed?.json.at) - clockMs;
    expect(Math.abs(Number(line.at) - happened)).toBeLessThan(5_000);
    expect(line.skewed === true).toBe(clockMs !== 0);
  }
});
