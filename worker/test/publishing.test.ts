import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE, TEST, until } from './control.ts';

let control: Control;
let key: string;

beforeAll(async () => {
  control = await Control.withProject();
  key = (await control.ask('POST', `${LIVE}/keys`, { body: { kind: 'client' } })).body.key;
});
afterAll(() => control.end());

/** The revision that the edge serves. */
async function served(): Promise<number> {
  const answer = await fetch(`${control.workers.edge}/v1/config/${key}`);
  await answer.arrayBuffer();
  return answer.status === 200 ? Number(answer.headers.get('X-Pennon-Revision')) : 0;
}

test('a change reaches the edge', async () => {
  const { body } = await control.ask('PUT', `${LIVE}/flags/sale`, { body: booleanFlag() });
  expect(body.published).toBe(true);
  await until(async () => ((await served()) === body.revision ? true : undefined));
});

test('a change in one environment publishes that one only', async () => {
  const before = (await control.ask('GET', TEST)).body.revision;
  const flag = (await control.ask('GET', `${LIVE}/flags/sale`)).body;
  await control.ask('PUT', `${LIVE}/flags/sale`, {
    body: { ...flag, fallthrough: { variant: 'off' } },
  });
  expect((await control.ask('GET', TEST)).body.revision).toBe(before);
});

test('what was committed before a crash is published after it, without anybody asking again', async () => {
  for (let round = 0; round < 4; round++) {
    const acknowledged = new Map<string, number>();
    const attempts = Array.from({ length: 12 }, async (_, i) => {
      const path = `${LIVE}/flags/r${round}-${i}`;
      const answer = await control.ask('PUT', path, { body: booleanFlag() });
      acknowledged.set(path, answer.body.revision);
    });
    const settled = Promise.allSettled(attempts);
    await new Promise((resolve) => setTimeout(resolve, 60 + 90 * round));
    await control.crash();
    await settled;

    for (const [path, revision] of acknowledged) {
      const flag = await control.ask('GET', path);
      expect([path, revision, flag.status]).toEqual([path, revision, 200]);
    }
    const { body } = await until(async () => {
      const environment = await control.ask('GET', LIVE);
      return environment.body.published ? environment : undefined;
    });
    await until(async () => ((await served()) === body.revision ? true : undefined));
  }
});

test('tokens, keys, history and archive survive crashes', async () => {
  await control.ask('POST', `${LIVE}/flags/sale/kill`, { body: { reason: 'test' } });
  const before = await control.ask('GET', `${LIVE}/flags/sale/history`);
  await control.crash();
  const after = await control.ask('GET', `${LIVE}/flags/sale/history`);
  expect(after.body).toEqual(before.body);
  expect((await control.ask('GET', `${LIVE}/keys`)).body.keys[0].key).toBe(key);
});
