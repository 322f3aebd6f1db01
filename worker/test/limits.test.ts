// The last value that is allowed, and the first that is not.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE } from './control.ts';

const MAX_BYTES = 1_048_576;
let control: Control;

beforeAll(async () => {
  control = await Control.withProject();
});
afterAll(() => control.end());

async function put(key: string, text: string) {
  return control.ask('PUT', `${LIVE}/flags/${key}`, { text });
}

test('a flag has at most 100 rules', async () => {
  const withRules = (n: number) => {
    const rule = (i: number) => ({ id: `r${i}`, outcome: { variant: 'on' } });
    return JSON.stringify(booleanFlag({ rules: Array.from({ length: n }, (_, i) => rule(i)) }));
  };
  expect((await put('rules', withRules(100))).status).toBe(201);
  const answer = await put('rules', withRules(101));
  expect(answer.status).toBe(422);
  expect(answer.body.error.problems).toMatchObject([{ code: 'limit', path: '/rules' }]);
});

test('a condition is at most 8 levels deep', async () => {
  const withLevels = (n: number) => {
    let when: unknown = { attribute: 'a', op: 'exists' };
    for (let i = 1; i < n; i++) when = { not: when };
    return JSON.stringify(booleanFlag({ rules: [{ id: 'r', when, outcome: { variant: 'on' } }] }));
  };
  expect((await put('levels', withLevels(8))).status).toBe(201);
  const answer = await put('levels', withLevels(9));
  expect(answer.status).toBe(422);
  expect(answer.body.error.problems).toMatchObject([{ code: 'limit' }]);
  expect(answer.body.error.problems[0].path).toMatch(/^\/rules\/0\/when/);
});

test('a flag is at most 1 MiB, sent or stored', async () => {
  const ofLength = (bytes: number, key?: string) => {
    const flag = booleanFlag({ ...(key && { salt: key, killed: false }), description: '' });
    const missing = bytes - JSON.stringify(flag).length;
    return JSON.stringify({ ...flag, description: 'x'.repeat(missing) });
  };
  expect((await put('large', ofLength(MAX_BYTES, 'large'))).status).toBe(201);
  const shown = await control.ask('GET', `${LIVE}/flags/large`);
  expect((await put('large', JSON.stringify(shown.body))).status).toBe(200);
  // The salt and the killed bit that are filled in count.
  const filledIn = await put('larger', ofLength(MAX_BYTES));
  expect(filledIn.status).toBe(422);
  expect(filledIn.body.error.problems[0]).toMatchObject({ code: 'limit', path: '' });
  const tooLong = await put('larger', ofLength(MAX_BYTES + 1, 'larger'));
  expect([tooLong.status, tooLong.body.error.code]).toEqual([413, 'body_too_large']);
});
