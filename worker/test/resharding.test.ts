import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE, until } from './control.ts';
import { type BatchBody, batch, uuid7 } from './edge-events-client.ts';

let control: Control;
let key: string;
const acknowledged: BatchBody[] = [];

beforeAll(async () => {
  control = await Control.withProject();
  const body = { event: 'order-paid', type: 'sum' };
  await control.ask('PUT', '/api/v1/projects/shop/metrics/revenue', { body });
  await control.ask('PUT', `${LIVE}/flags/sale`, { body: booleanFlag() });
  key = (await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'client' } })).body.key;
});
afterAll(() => control.end());

/** Two people, each with an exposure and an order of 1.5, and word of an event that was given up. */
function story(n: number): BatchBody {
  const at = Date.now();
  const events = [`a${n}`, `b${n}`].flatMap((user) => [
    { id: uuid7(), type: 'exposure', at, units: { user }, flag: 'sale', variant: 'on' },
    { id: uuid7(), type: 'track', at, units: { user }, name: 'order-paid', value: 1.5 },
  ]);
  return batch(events, { dropped: 1 });
}

async function send(body: BatchBody): Promise<boolean> {
  try {
    const answer = await fetch(`${control.workers.edge}/v1/events?key=${key}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    await answer.text();
    return answer.ok;
  } catch {
    return false;
  }
}

/** Sends until it is taken, as a client does. */
async function insist(body: BatchBody): Promise<void> {
  await until(async () => ((await send(body)) ? true : undefined));
  acknowledged.push(body);
}

async function sums() {
  const { body } = await control.ask('GET', `${LIVE}/totals?flag=sale`);
  expect(body.missing).toEqual([]);
  const found: Record<string, number[]> = { dropped: [body.dropped] };
  for (const { metric, dimension, n, y } of body.cells) {
    if (dimension === 'total') found[metric.replace(/@.*/, '')] = [n, y];
  }
  return found;
}

async function doubled(shards: number): Promise<void> {
  await until(async () => {
    await control.ask('POST', `${LIVE}/shards`, { body: { shards } }).catch(() => undefined);
    const answer = await control.ask('GET', LIVE).catch(() => undefined);
    return answer?.body.shards === shards ? true : undefined;
  });
}

test('shards are doubled and in no other way added', async () => {
  for (const shards of [0, 3, 5, 16]) {
    const answer = await control.ask('POST', `${LIVE}/shards`, { body: { shards } });
    expect([answer.status, answer.body.error.code]).toEqual([422, 'invalid_shards']);
  }
});

test('nothing is lost or counted twice while shards double under load, crashes included', async () => {
  for (let n = 0; n < 20; n += 1) await insist(story(n));
  let isOver = false;
  const load = Promise.all(
    [1, 2, 3].map(async (sender) => {
      for (let n = 0; !isOver || n < 5; n += 1) await insist(story(1000 * sender + n));
    }),
  );
  const begun = control
    .ask('POST', `${LIVE}/shards`, { body: { shards: 8 } })
    .catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 40));
  await control.crash();
  await begun;
  await doubled(8);
  await doubled(16);
  isOver = true;
  await load;
  const people = 2 * acknowledged.length;
  const dropped = [acknowledged.length];
  const expected = { dropped, exposed: [people, 0], revenue: [people, people * 1.5] };
  expect(await sums()).toEqual(expected);

  // What was told before the shards were doubled is known after.
  for (const body of acknowledged) expect(await send(body)).toBe(true);
  const again = acknowledged.map(({ events }) => batch(events));
  for (const body of again) expect(await send(body)).toBe(true);
  expect(await sums()).toEqual(expected);
  const exposures = await control.ask('GET', `${LIVE}/exposures`);
  expect(exposures.body.flags[0].variants).toEqual([{ variant: 'on', exposed: people }]);
}, 120_000);
