// What a stranger can do who has the public key of a page and the id of a person: not keep others from
// being counted, and not fill the totals.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pause } from './load.ts';
import { Machine } from './machine.ts';
import { uuid7 } from './people.ts';
import { Project } from './project.ts';
import { recount } from './recount.ts';

const VICTIM = 'victim-17';
const DIMENSIONS = ['plan', 'tier', 'shop', 'team', 'mood'];

let machine: Machine;
let project: Project;

beforeAll(async () => {
  machine = await Machine.start();
  project = await Project.setUp(machine);
  for (const name of DIMENSIONS) {
    const body = { type: 'string', dimension: true };
    await project.must('PUT', `/api/v1/projects/shop/attributes/${name}`, body);
  }
  // Somebody else's batches, until the edge has heard of the dimensions.
  for (let look = 0; ; look += 1) {
    expect(look).toBeLessThan(40);
    await send([met(`early-${look}`, { properties: { plan: 'pro' } })]);
    if ((await totals()).cells.some(({ dimension }) => dimension === 'plan')) return;
    await pause(500);
  }
});
afterAll(() => machine?.close());

const PATIENCE = { timeout: 20_000, interval: 500 };

const event = (user: string, fields: object) => ({
  id: uuid7(),
  at: Date.now(),
  units: { user },
  ...fields,
});
const met = (user: string, fields: object = {}) =>
  event(user, { type: 'exposure', flag: 'by-user', variant: 'on', ...fields });
const paid = (user: string) => event(user, { type: 'track', name: 'order-paid', value: 1 });

async function send(events: readonly object[], fields: object = {}) {
  const body = JSON.stringify({ id: uuid7(), sent_at: Date.now(), events, ...fields });
  const answer = await project.send(body);
  const text = await answer.text();
  expect(answer.status, text.slice(0, 300)).toBe(200);
  return JSON.parse(text);
}

interface Cell {
  readonly epoch: number;
  readonly stratum: string;
  readonly variant: string;
  readonly metric: string;
  readonly dimension: string;
  readonly n: number;
}

async function totals(): Promise<{ cells: readonly Cell[]; aside: number }> {
  return project.must('GET', `${project.path}/totals?flag=by-user`);
}

async function number(metric: string, epoch: number): Promise<number> {
  const { cells } = await totals();
  const own = cells.filter((cell) => cell.metric === metric && cell.epoch === epoch);
  return own.filter((cell) => cell.dimension === 'total').reduce((sum, cell) => sum + cell.n, 0);
}

const long = (text: string) => text.padEnd(250, 'x');

it('made-up flags and variants are logged and counted nowhere', async () => {
  await send([met(VICTIM), paid(VICTIM)]);
  const before = await project.must('GET', `${project.path}/totals`);
  for (let round = 0; round < 60; round += 1) {
    const flags = Array.from({ length: 150 }, (_, n) =>
      met(VICTIM, { flag: long(`f${round}-${n}-`), variant: long('v') }),
    );
    const variants = Array.from({ length: 150 }, (_, n) =>
      met(VICTIM, { variant: long(`v${round}-${n}-`) }),
    );
    const answer = await send([...flags, ...variants]);
    expect([answer.accepted, answer.rejected, answer.uncounted.length]).toEqual([300, [], 300]);
    expect(answer.uncounted[0].code).toBe('unknown_flag');
    expect(answer.uncounted[299].code).toBe('unknown_variant');
  }
  const after = await project.must('GET', `${project.path}/totals`);
  expect(after.cells).toEqual(before.cells);
});

it('made-up epochs, stages and dimensions fill a bounded part of one flag', async () => {
  for (let round = 0; round < 40; round += 1) {
    const events = Array.from({ length: 200 }, (_, n) => {
      const name = `${round}-${n}`;
      const properties = Object.fromEntries(DIMENSIONS.map((key) => [key, `${key}-${name}`]));
      const user = n % 2 === 0 ? VICTIM : `made-up-${name}`;
      return met(user, { epoch: 1000 + round * 200 + n, stage: `s${name}`, properties });
    });
    expect((await send(events)).uncounted).toBeUndefined();
  }
  const { cells, aside } = await totals();
  expect(aside).toBe(0);
  // Each of four shards: 128 epochs with stages, 2048 levels, one place for the rest.
  const places = new Set(cells.map(({ epoch, stratum }) => `${epoch}/${stratum}`));
  expect(places.size).toBeLessThanOrEqual(4 * 128 + 3);
  expect(cells.length).toBeLessThan(4 * 4 * (128 + 2048 + 5));
  expect(await number('cut', 0)).toBeLessThanOrEqual(1);
  const cut = cells.filter(({ metric }) => metric === 'cut').reduce((sum, { n }) => sum + n, 0);
  expect(cut).toBe(256);
});

it('others in the same batch are counted at once', async () => {
  const exposed = await number('exposed', 77);
  const others = Array.from({ length: 20 }, (_, n) => met(`other-${n}`, { epoch: 77 }));
  const answer = await fetch(`${machine.edge}/v1/events`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${project.serverKey}` },
    body: JSON.stringify({
      id: uuid7(),
      sent_at: Date.now(),
      events: [met(VICTIM, { epoch: 9_999 }), ...others, paid(VICTIM)],
    }),
  });
  expect([answer.status, (await answer.json()).accepted]).toEqual([200, 22]);
  const { cells } = await totals();
  const rest = cells.filter(({ stratum, metric }) => stratum === '(other)' && metric === 'exposed');
  const inRest = rest.reduce((sum, { n }) => sum + n, 0);
  expect(exposed).toBe(0);
  expect((await number('exposed', 77)) + inRest).toBeGreaterThanOrEqual(20);
});

it('ids that all claim one moment are remembered like any', async () => {
  const now = Date.now();
  const batches = Array.from({ length: 11 }, () =>
    Array.from({ length: 400 }, () => ({ ...met('hasty'), id: uuid7(now) })),
  );
  for (const events of batches) expect((await send(events)).accepted).toBe(400);
  const again = batches.map((_, n) =>
    batches.flatMap((events) => events.slice(n * 36, n * 36 + 36)),
  );
  for (const events of again) {
    expect(await send(events)).toMatchObject({ accepted: 0, duplicates: 396 });
  }
});

it('the totals are those of a recount', async () => {
  const { differences, lines } = await recount(project);
  expect(differences).toBe(0);
  expect(lines).toBeGreaterThan(26_000);
});

it('a flag that is new counts at once, whatever the edge still holds', async () => {
  await project.writeFlag('newborn');
  const [said, unsaid] = [uuid7(), uuid7()];
  const { revision } = await project.must('GET', `${project.path}/propagation`);
  const newborn = (user: string, fields: object = {}) => met(user, { flag: 'newborn', ...fields });
  await expect
    .poll(async () => {
      const events = [newborn(said, { revision }), newborn(unsaid)];
      const body = JSON.stringify({ id: uuid7(), sent_at: Date.now(), events });
      const answer = await project.send(body);
      return [answer.status, (await answer.json()).uncounted];
    }, PATIENCE)
    .toEqual([200, undefined]);
});

it('revisions that nobody has published are looked up once in a second', async () => {
  await pause(1_000);
  await machine.fail('edge', { PROJECT: { mode: 'watch' } });
  const began = performance.now();
  const statuses = [];
  for (let n = 0; n < 30; n += 1) {
    const event = met(VICTIM, { flag: 'of-tomorrow', revision: 2 ** 52 + n });
    const body = JSON.stringify({ id: uuid7(), sent_at: Date.now(), events: [event] });
    const answer = await project.send(body);
    const read = await answer.json();
    statuses.push(answer.status === 200 ? read.uncounted[0].code : read.error.code);
  }
  const seconds = (performance.now() - began) / 1_000;
  expect(new Set(statuses)).toEqual(new Set(['unknown_flag', 'store_unavailable']));
  expect((await machine.struck('edge')).PROJECT).toBeLessThanOrEqual(1 + seconds);
  await machine.heal();
  expect((await send([met('afterwards')])).accepted).toBe(1);
});
