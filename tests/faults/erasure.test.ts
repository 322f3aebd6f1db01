// Erases people, and counts what is left of the raw log once more: totals and recount stay equal.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../../worker/test/control.ts';
import { batch, exposure, uuid7 } from '../../worker/test/edge-events-client.ts';
import { leftovers } from './leftovers.ts';
import { Machine } from './machine.ts';
import { Project } from './project.ts';
import { recount } from './recount.ts';
import { userOf } from './shard-of.ts';
import { foundSums } from './totals.ts';

let machine: Machine;
let project: Project;

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
});
afterAll(() => machine?.close());

async function send(events: readonly unknown[]): Promise<void> {
  const response = await project.send(JSON.stringify(batch(events)));
  expect(await response.json()).toMatchObject({ accepted: events.length });
}

/** What people of all kinds do: with a device, without, and all on one account. */
function lives(): unknown[] {
  const at = Date.now();
  return Array.from({ length: 30 }, (_, n) => {
    const device = `d${n}`;
    const units = [{ user: `u${n}`, device }, { user: `u${n}` }, { user: 'shared', device }][n % 3];
    const variant = n % 2 === 0 ? 'on' : 'off';
    const met = ['by-user', 'by-device'].map((flag) => exposure('', variant, { units, flag, at }));
    const paid = { id: uuid7(), type: 'track', at: at + 1, units, name: 'order-paid' };
    return [...met, { ...paid, value: n + 0.25, properties: { note: 'secret' } }];
  }).flat();
}

async function ask(units: Record<string, string>): Promise<string> {
  return (await project.must('POST', `${project.path}/erasures`, { units })).id;
}

function done(id: string): Promise<{ subjects: number }> {
  return until(async () => {
    const state = await project.must('GET', `${project.path}/erasures/${id}`);
    return state.done ? state : undefined;
  });
}

async function erase(units: Record<string, string>): Promise<{ subjects: number }> {
  return done(await ask(units));
}

function settled(): Promise<true> {
  return until(async () => {
    const { pending } = await project.must('GET', `${project.path}/totals`);
    return pending === 0 ? true : undefined;
  });
}

const identify = (user: string, previous: string) => {
  const event = { id: uuid7(), type: 'identify', at: Date.now() };
  return { ...event, units: { user }, previous: { user: previous } };
};

/** Rows of any object that lead to these units. */
async function found(units: readonly string[]): Promise<string[]> {
  await machine.stop();
  try {
    return leftovers(machine.state, units);
  } finally {
    await machine.start();
  }
}

it('changes no total, and a recount finds them all', async () => {
  await send(lives());
  await send([identify('u0', 'u1')]);
  await settled();
  const before = await foundSums(project);
  await project.must('POST', `${project.path}/log/flush`);
  for (const [units, subjects] of [
    [{ user: 'u0' }, 1],
    [{ user: 'shared' }, 1],
    [{ device: 'd3', user: 'u3' }, 2],
    [{ user: 'nobody' }, 0],
  ] as const) {
    expect(await erase(units)).toMatchObject({ subjects });
  }
  expect(await foundSums(project)).toEqual(before);
  expect(await recount(project)).toMatchObject({ differences: 0 });

  await send([
    exposure('u0', 'on', { flag: 'by-user' }),
    exposure('u4', 'on', { flag: 'by-user' }),
  ]);
  expect(await recount(project)).toMatchObject({ differences: 0 });
}, 600_000);

it('leaves nothing in any table that leads to the person', async () => {
  const person = ['user/was-somebody', 'user/is-somebody', 'device/of-somebody'];
  const units = { user: 'was-somebody', device: 'of-somebody' };
  await send([exposure('', 'on', { units, flag: 'by-user' })]);
  await send([identify('is-somebody', 'was-somebody')]);
  await send([exposure('', 'on', { units, flag: 'by-user', epoch: 5 })]);
  await settled();
  expect(await found(person)).not.toEqual([]);
  await project.must('POST', `${project.path}/log/flush`);
  await erase({ user: 'is-somebody', device: 'of-somebody' });
  expect(await found(person)).toEqual([]);

  // Whoever comes back under an old id is somebody new.
  const before = await foundSums(project);
  await send([exposure('was-somebody', 'on', { flag: 'by-user', epoch: 5 })]);
  expect(await foundSums(project)).not.toEqual(before);
  expect(await recount(project)).toMatchObject({ differences: 0 });
}, 600_000);

it('counts who was on the way to another id, and lets nobody come back', async () => {
  const people = Array.from({ length: 8 }, (_, n) => {
    const id = (shard: number, name: string) => {
      return userOf(project.environment, shard, 4, `${name}${n}`);
    };
    return { old: id(0, 'leaving'), now: id(1, 'arriving') };
  });
  await send(people.map(({ old }) => exposure(old, 'on', { flag: 'by-user', epoch: 6 })));
  const before = await foundSums(project);
  // The other shard takes the first of them and its answer is lost; the others wait behind it.
  await machine.fail('control', { 'Shard.fetch': { mode: 'deaf', only: 'handover' } });
  await send(people.map(({ old, now }) => identify(now, old)));
  await until(async () => ((await machine.struck('control'))['Shard.fetch'] ? true : undefined));
  const ids = await Promise.all(people.map(({ now }) => ask({ user: now })));
  const isOver = await project.must('GET', `${project.path}/erasures/${ids[7]}`);
  expect(isOver).toMatchObject({ done: false, phase: 'files' });
  await machine.heal();
  await Promise.all(ids.map(done));
  await settled();
  expect(await foundSums(project)).toEqual(before);
  const names = people.flatMap(({ old, now }) => [`user/${old}`, `user/${now}`]);
  expect(await found(names)).toEqual([]);
  for (const { now } of people) expect(await erase({ user: now })).toMatchObject({ subjects: 0 });
  await project.must('POST', `${project.path}/log/flush`);
  expect(await recount(project)).toMatchObject({ differences: 0 });
}, 600_000);

it('goes on by itself where a shard does not answer, and after kill -9', async () => {
  await send([exposure('impatient', 'on', { flag: 'by-user', epoch: 7 })]);
  await send([identify('patient', 'impatient')]);
  await settled();
  const before = await foundSums(project);
  // Shards forget who it was, and their answer, which says it, is lost.
  await machine.fail('control', { 'Shard.fetch': { mode: 'deaf', only: '/erase' } });
  const asked = await project.must('POST', `${project.path}/erasures`, {
    units: { user: 'impatient' },
  });
  expect(asked).toMatchObject({ phase: 'finding', done: false });
  expect(asked.missing).not.toEqual([]);
  await machine.restart();
  expect(await done(asked.id)).toMatchObject({ subjects: 1, phase: 'done', missing: [] });
  expect(await found(['user/patient', 'user/impatient'])).toEqual([]);
  expect(await foundSums(project)).toEqual(before);
  const unknown = await project.ask('GET', `${project.path}/erasures/${'0'.repeat(32)}`);
  expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'erasure_not_found' } } });
}, 600_000);

it('erases others while the bucket does not take the files of one', async () => {
  const ids = ['stuck', 'beside'].map((name) => userOf(project.environment, 0, 4, name));
  await send(ids.map((user) => exposure(user, 'on', { flag: 'by-user', epoch: 9 })));
  await project.must('POST', `${project.path}/log/flush`);
  const refused = { mode: 'refuse', method: 'put', only: 'log/' } as const;
  await machine.fail('control', { ARCHIVE: refused });
  const stuck = await ask({ user: ids[0] as string });
  await until(async () => ((await machine.struck('control')).ARCHIVE ? true : undefined));
  await erase({ user: 'never-seen' });
  const state = await project.must('GET', `${project.path}/erasures/${stuck}`);
  expect(state).toMatchObject({ phase: 'files', done: false });
  await machine.heal();
  await project.must('POST', `${project.path}/log/flush`);
  expect(await done(stuck)).toMatchObject({ subjects: 1, unreadable: [] });
}, 600_000);

it('finds people whose shards are doubled meanwhile, whichever was asked for first', async () => {
  const people = Array.from({ length: 24 }, (_, n) => `moving-${n}`);
  await send(people.map((user) => exposure(user, 'on', { flag: 'by-user', epoch: 8 })));
  const before = await foundSums(project);
  const double = (shards: number) => project.ask('POST', `${project.path}/shards`, { shards });
  const ids: string[] = [];
  for (const [n, shards] of [8, 16].entries()) {
    const group = people.slice(n * 12, n * 12 + 12);
    const [first, ...rest] = group as [string, ...string[]];
    const early = ask({ user: first });
    const begun = double(shards);
    ids.push(await early, ...(await Promise.all(rest.map((user) => ask({ user })))));
    await begun;
    await machine.restart();
    await until(async () => ((await double(shards)).status === 200 ? true : undefined));
  }
  for (const id of ids) expect(await done(id)).toMatchObject({ missing: [] });
  const state = await project.must('GET', `${project.path}/erasures/${ids[0]}`);
  expect(state).toMatchObject({ phase: 'done', done: true, subjects: 1 });
  expect(await found(people.map((user) => `user/${user}`))).toEqual([]);
  expect(await foundSums(project)).toEqual(before);
  await project.must('POST', `${project.path}/log/flush`);
  expect(await recount(project)).toMatchObject({ differences: 0 });
}, 600_000);
