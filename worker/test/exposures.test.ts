import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE } from './control.ts';

let control: Control;
let key: string;

beforeAll(async () => {
  control = await Control.withProject();
  await control.ask('PUT', `${LIVE}/flags/sale`, { body: booleanFlag() });
  await control.ask('PUT', `${LIVE}/flags/device-look`, { body: booleanFlag({ unit: 'device' }) });
  key = (await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'client' } })).body.key;
});
afterAll(() => control.end());

/** A UUID of version 7, as clients make them. */
function uuid(now: number): string {
  const hex = now.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  const body = `${hex.slice(0, 12)}7${hex.slice(13, 16)}8${hex.slice(17)}`;
  return body.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function exposure(flag: string, variant: string, user: string) {
  const now = Date.now();
  return {
    id: uuid(now),
    type: 'exposure',
    at: now,
    units: { user, device: `device of ${user}` },
    flag,
    variant,
    reason: 'SPLIT',
    revision: 1,
  };
}

async function send(events: unknown[]) {
  const body = JSON.stringify({
    id: uuid(Date.now()),
    client: 'test/1',
    sent_at: Date.now(),
    events,
  });
  return fetch(`${control.workers.edge}/v1/events?key=${key}`, { method: 'POST', body });
}

test('subjects are counted once, by the variant they met first, in the unit of the flag', async () => {
  const empty = await control.ask('GET', `${LIVE}/exposures`);
  expect([empty.status, empty.body.flags]).toEqual([200, []]);

  const users = Array.from({ length: 20 }, (_, i) => `u${i}`);
  const first = await send(users.map((user, i) => exposure('sale', i < 12 ? 'on' : 'off', user)));
  expect(first.status).toBe(200);
  await send(users.slice(0, 5).map((user) => exposure('sale', 'on', user)));
  await send([exposure('sale', 'off', 'u0'), exposure('device-look', 'on', 'u1')]);

  const { body } = await control.ask('GET', `${LIVE}/exposures`);
  expect(body.flags).toEqual([
    { flag: 'device-look', variants: [{ variant: 'on', exposed: 1 }], mixed: 0 },
    {
      flag: 'sale',
      variants: [
        { variant: 'off', exposed: 8 },
        { variant: 'on', exposed: 12 },
      ],
      mixed: 1,
    },
  ]);
  expect(body.as_of).toBeGreaterThan(Date.now() - 60_000);
  const one = await control.ask('GET', `${LIVE}/exposures?flag=device-look`);
  expect(one.body.flags).toHaveLength(1);
});

test('counts survive a crash', async () => {
  const before = await control.ask('GET', `${LIVE}/exposures`);
  await control.crash();
  const after = await control.ask('GET', `${LIVE}/exposures`);
  expect(after.body.flags).toEqual(before.body.flags);
});

test('an environment that is not there has no counts', async () => {
  const answer = await control.ask('GET', '/api/v1/projects/shop/environments/nope/exposures');
  expect([answer.status, answer.body.error.code]).toEqual([404, 'environment_not_found']);
});
