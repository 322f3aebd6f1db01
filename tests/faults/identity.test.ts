// People with many ids: chains and circles of them, and shards that are silent on the way.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../../worker/test/control.ts';
import { batch, exposure, uuid7 } from '../../worker/test/edge-events-client.ts';
import { Machine } from './machine.ts';
import { Project } from './project.ts';
import { recount } from './recount.ts';
import { withShard } from './shard-files.ts';
import { userOf } from './shard-of.ts';

let machine: Machine;
let project: Project;
let epoch = 0;

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

async function send(...events: readonly unknown[]): Promise<void> {
  const response = await project.send(JSON.stringify(batch(events)));
  expect(await response.json()).toMatchObject({ accepted: events.length });
}

const met = (user: string) => exposure(user, 'on', { flag: 'by-user', epoch });

function identify(user: string, previous: string): object {
  const event = { id: uuid7(), type: 'identify', at: Date.now() };
  return { ...event, units: { user }, previous: { user: previous } };
}

/** Ids of one person, each in the shard after that of the one before. */
function chain(length: number, name: string): string[] {
  const user = (_: unknown, n: number) => userOf(project.environment, n % 4, 4, `${name}${n}`);
  return Array.from({ length }, user);
}

const links = (ids: readonly string[]) => {
  return ids.slice(1).map((id, n) => identify(id, ids[n] as string));
};

/** People of this epoch who have met the flag, once nothing is on its way any more. */
function exposed(): Promise<number> {
  return until(async () => {
    const { cells, pending } = await project.must('GET', `${project.path}/totals?flag=by-user`);
    if (pending > 0) return undefined;
    const mine = cells.filter((cell: { metric: string; dimension: string; epoch: number }) => {
      return cell.metric === 'exposed' && cell.dimension === 'total' && cell.epoch === epoch;
    });
    return mine.reduce((sum: number, { n }: { n: number }) => sum + n, 0);
  });
}

async function erase(user: string): Promise<{ subjects: number; done: boolean }> {
  const { id } = await project.must('POST', `${project.path}/erasures`, { units: { user } });
  return until(async () => {
    const state = await project.must('GET', `${project.path}/erasures/${id}`);
    return state.done ? state : undefined;
  });
}

/** Rows that the shards write for one exposure of an id, and all that follows from it. */
async function rowsFor(user: string): Promise<number> {
  const before = (await machine.rowsWritten()).Shard ?? 0;
  await send(met(user));
  await exposed();
  return ((await machine.rowsWritten()).Shard ?? 0) - before;
}

it('a chain of ids is walked once, and every id of it leads to its end from then on', async () => {
  epoch = 1;
  const ids = chain(25, 'long');
  await send(...links(ids));
  const first = await rowsFor(ids[0] as string);
  const later = await rowsFor(ids[1] as string);
  expect(first).toBeGreaterThan(60);
  expect(later).toBeLessThan(25);
  expect(await exposed()).toBe(1);
  await send(...ids.map(met));
  expect(await exposed()).toBe(1);
  await project.must('POST', `${project.path}/log/flush`);
  expect(await recount(project)).toMatchObject({ differences: 0 });

  // Whichever of them is named, all are forgotten, and what they are counted by stays.
  expect(await erase(ids[7] as string)).toMatchObject({ subjects: 1, done: true });
  expect(await exposed()).toBe(1);
  expect(await erase(ids[24] as string)).toMatchObject({ subjects: 0 });
  expect(await recount(project)).toMatchObject({ differences: 0 });
}, 120_000);

it('a chain that nobody has is cut, and the log says so', async () => {
  epoch = 2;
  const ids = chain(60, 'endless');
  await send(...links(ids));
  await send(met(ids[0] as string));
  expect(await exposed()).toBe(1);
  await machine.logged(/has had more than 32 ids/);
  expect(await erase(ids[0] as string)).toMatchObject({ subjects: 1 });
  expect(await exposed()).toBe(1);
}, 120_000);

it('ids that lead to each other in a circle are one person, who can be erased', async () => {
  epoch = 3;
  const ids = chain(3, 'circle');
  await send(...ids.map(met));
  await send(...links([...ids, ids[0] as string]));
  expect(await exposed()).toBe(1);
  await send(...ids.map(met));
  expect(await exposed()).toBe(1);
  expect(await erase(ids[1] as string)).toMatchObject({ subjects: 1 });
  expect(await exposed()).toBe(1);
  for (const id of ids) expect(await erase(id)).toMatchObject({ subjects: 0 });
}, 120_000);

it('a shard that says nothing holds up neither the log of another nor what others are sent', async () => {
  epoch = 4;
  const [silent, awake] = [1, 2].map((shard) => {
    return Array.from({ length: 5 }, (_, n) => userOf(project.environment, shard, 4, `new${n}`));
  }) as [string[], string[]];
  const old = (name: string) => userOf(project.environment, 0, 4, name);
  const pairs = [...silent, ...awake].map((id) => [id, old(`of-${id}`)] as const);
  await send(...pairs.map(([, before]) => met(before)));
  expect(await exposed()).toBe(10);
  const shard = `${project.environment}/1`;
  await machine.fail('control', { SHARD: { mode: 'hang', only: 'handover', object: shard } });
  await send(...pairs.map(([id, before]) => identify(id, before)));
  const handedOver = await until(async () => {
    const { pending } = await project.must('GET', `${project.path}/totals?flag=by-user`);
    return pending === 5 ? pending : undefined;
  });
  expect(handedOver).toBe(5);
  const asked = performance.now();
  await project.must('POST', `${project.path}/log/flush`);
  expect(performance.now() - asked).toBeLessThan(4_000);
  await machine.heal();
  expect(await exposed()).toBe(10);
}, 120_000);

it('a state that can never be handed over holds up no other', async () => {
  epoch = 5;
  const of = (shard: number, name: string) => userOf(project.environment, shard, 4, name);
  const pairs = Array.from({ length: 30 }, (_, n) => [of(1, `to${n}`), of(0, `from${n}`)] as const);
  await send(...pairs.map(([, before]) => met(before)));
  expect(await exposed()).toBe(30);
  await machine.fail('control', { 'Shard.fetch': { mode: 'refuse', only: 'handover' } });
  await send(...pairs.map(([id, before]) => identify(id, before)));
  await machine.stop();
  // More than are sent in one go, and all of them first.
  const broken = withShard(machine.state, 0, (db) => {
    const sql = `UPDATE handover SET state = 'no JSON', due_at = 1 WHERE id IN
      (SELECT id FROM handover WHERE erased = 0 ORDER BY id LIMIT 25)`;
    return db.prepare(sql).run().changes;
  });
  expect(broken).toBe(25);
  await machine.start();
  const waiting = await until(async () => {
    const { pending } = await project.must('GET', `${project.path}/totals?flag=by-user`);
    return pending <= 25 ? pending : undefined;
  });
  expect(waiting).toBe(25);
  await machine.logged(/a handover cannot be made/);

  // Whoever it is about cannot be erased from there; everybody else can.
  for (const [user] of pairs) {
    await project.must('POST', `${project.path}/erasures`, { units: { user } });
  }
  expect(await erase('somebody-else')).toMatchObject({ done: true });
}, 120_000);
