import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE, until } from './control.ts';
import { batch, uuid7 } from './edge-events-client.ts';

const PROJECT = '/api/v1/projects/shop';
const HOUR = 3_600_000;

let control: Control;
let key: string;

beforeAll(async () => {
  control = await Control.withProject();
  const metrics = {
    paid: { event: 'order-paid', type: 'conversion' },
    revenue: { event: 'order-paid', type: 'sum', cap: 100 },
    'orders-per-visit': { event: 'order-paid', type: 'ratio', denominator_event: 'visit' },
  };
  for (const [name, body] of Object.entries(metrics)) {
    await control.ask('PUT', `${PROJECT}/metrics/${name}`, { body });
  }
  const body = { type: 'string', dimension: true };
  await control.ask('PUT', `${PROJECT}/attributes/plan`, { body });
  for (const flag of ['sale', 'door', 'ring']) {
    await control.ask('PUT', `${LIVE}/flags/${flag}`, { body: booleanFlag() });
  }
  key = (await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'client' } })).body.key;
});
afterAll(() => control.end());

function event(type: string, user: string, fields: object) {
  return { id: uuid7(), type, at: Date.now(), units: { user }, ...fields };
}

const met = (user: string, fields: object = {}) =>
  event('exposure', user, { flag: 'sale', variant: 'on', reason: 'SPLIT', ...fields });
const did = (user: string, name: string, fields: object = {}) =>
  event('track', user, { name, ...fields });

async function send(events: object[], fields: object = {}) {
  const body = JSON.stringify(batch(events, fields));
  const answer = await fetch(`${control.workers.edge}/v1/events?key=${key}`, {
    method: 'POST',
    body,
  });
  expect([answer.status, await answer.text()]).toEqual([
    200,
    expect.stringContaining('"rejected":[]'),
  ]);
}

/** `metric/variant/dimension/level` → n, Σy, Σy², and whatever else is not 0. */
async function totals(flag = 'sale') {
  const { status, body } = await control.ask('GET', `${LIVE}/totals?flag=${flag}`);
  expect([status, body.missing]).toEqual([200, []]);
  if (body.pending > 0) return undefined;
  const cells: Record<string, object> = {};
  for (const cell of body.cells) {
    const { flag: _, unit, epoch, stratum, variant, metric, dimension, level, day, ...sums } = cell;
    expect([unit, epoch, stratum]).toEqual(['user', 0, '']);
    const name = `${metric.replace(/@.*/, '')}/${variant}/${dimension}/${level}`;
    cells[name] = Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
  }
  return cells;
}

test('an attribute becomes a dimension, unless it is private', async () => {
  const body = { type: 'string', class: 'private', dimension: true };
  const answer = await control.ask('PUT', `${PROJECT}/attributes/email`, { body });
  expect([answer.status, answer.body.error.code]).toEqual([422, 'private_dimension']);
});

test('metrics are summed up for those who met a variant, and by dimension', async () => {
  const order = did('u1', 'order-paid', { value: 80.1, at: Date.now() - 1000 });
  await send([
    did('u1', 'order-paid', { value: 3, at: Date.now() - HOUR }),
    did('u3', 'order-paid', { value: 9 }),
  ]);
  await send([
    met('u1', { properties: { plan: 'pro', secret: 'x' } }),
    met('u2', { properties: { plan: 'free' } }),
    order,
    did('u1', 'visit'),
    did('u1', 'visit'),
  ]);
  await send([order, did('u1', 'order-paid', { value: 0.2 })]);
  const cells = await totals();
  const [y, yy] = [80.3, 80.3 ** 2];
  expect(cells).toMatchObject({
    'exposed/on/total/': { n: 2 },
    'exposed/on/plan/pro': { n: 1 },
    'exposed/on/plan/free': { n: 1 },
    'paid/on/total/': { n: 1, y: 1, yy: 1, x: 1, xx: 1, xy: 1 },
    'revenue/on/plan/pro': {
      n: 1,
      y,
      yy: expect.closeTo(yy, 9),
      x: 3,
      xx: 9,
      xy: expect.closeTo(3 * y, 9),
    },
    'orders-per-visit/on/total/': { n: 1, y, d: 2, dd: 4, yd: expect.closeTo(2 * y, 9) },
  });
  expect(Object.keys(cells ?? {}).filter((name) => name.includes('secret'))).toEqual([]);
});

test('a cap holds, and a second variant takes the sums out of the first', async () => {
  await send([did('u1', 'order-paid', { value: 50 })]);
  expect((await totals())?.['revenue/on/total/']).toMatchObject({ n: 1, y: 100, yy: 10_000 });
  await send([met('u1', { variant: 'off' })]);
  const cells = await totals();
  expect(cells?.['revenue/on/total/']).toBeUndefined();
  expect(cells).toMatchObject({
    'exposed/on/total/': { n: 2 },
    'mixed/on/total/': { n: 1 },
    'revenue/__multiple__/total/': { n: 1, y: 100 },
  });
});

test('who signs in stays one person, whatever comes under the old id later', async () => {
  const door = (user: string) => met(user, { flag: 'door' });
  await send([door('anonymous-7'), door('else'), did('anonymous-7', 'order-paid', { value: 5 })]);
  await send([event('identify', 'anna', { previous: { user: 'anonymous-7' } })]);
  await send([door('anna'), did('anna', 'order-paid', { value: 7 })]);
  await send([door('anonymous-7'), did('anonymous-7', 'order-paid', { value: 11 })]);
  const cells = await until(async () => {
    const cells = await totals('door');
    const sums = cells?.['revenue/on/total/'] as { y?: number } | undefined;
    return sums?.y === 23 ? cells : undefined;
  });
  expect(cells).toMatchObject({
    'exposed/on/total/': { n: 2 },
    'revenue/on/total/': { n: 1, y: 23, yy: 529 },
  });
});

test('ids that lead to each other in a circle are one person', async () => {
  const ring = (user: string) => met(user, { flag: 'ring' });
  const ids = ['ring-a', 'ring-b', 'ring-c'];
  await send(ids.flatMap((id) => [ring(id), did(id, 'order-paid', { value: 1 })]));
  for (const [position, id] of ids.entries()) {
    const previous = { user: ids[(position + 1) % 3] };
    await send([event('identify', id, { previous })]);
  }
  await send(ids.map((id) => did(id, 'order-paid', { value: 1 })));
  const cells = await until(async () => {
    const cells = await totals('ring');
    const sums = cells?.['revenue/on/total/'] as { y?: number; n?: number } | undefined;
    return sums?.y === 6 && sums.n === 1 ? cells : undefined;
  });
  expect(cells).toMatchObject({ 'exposed/on/total/': { n: 1 } });
});

test('totals survive a crash', async () => {
  const before = await totals();
  await control.crash();
  expect(await totals()).toEqual(before);
});
