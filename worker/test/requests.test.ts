// What holds for every request, whichever route it is for.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE } from './control.ts';

let control: Control;
const PROJECT = '/api/v1/projects/shop';

beforeAll(async () => {
  control = await Control.withProject();
  await control.ask('PUT', `${LIVE}/flags/there`, { body: booleanFlag() });
});
afterAll(() => control.end());

const documents: [string, string, string][] = [
  [
    `${LIVE}/flags/twice`,
    '{"type":"boolean","variants":{"on":true,"on":false},"fallthrough":{"variant":"on"}}',
    '/variants/on',
  ],
  [`${LIVE}/flags/twice`, '{"type":"boolean","variants":{},"x":[{"a/b":1,"a/b":1}]}', '/x/0/a~1b'],
  [`${PROJECT}/segments/twice`, '{"when":{"all":[]},"when":{"any":[]}}', '/when'],
  [`${PROJECT}/lists/twice`, '{"values":[],"values":[]}', '/values'],
  [`${PROJECT}/attributes/twice`, '{"type":"string","type":"number"}', '/type'],
  [`${PROJECT}/groups/twice`, '{"attributes":{"a":{},"a":{}}}', '/attributes/a'],
  [`${PROJECT}/metrics/twice`, '{"event":"a","type":"sum","event":"b"}', '/event'],
];

test.each(documents)('a field that occurs twice is refused: %s %s', async (path, text, place) => {
  const answer = await control.ask('PUT', path, { text });
  expect([answer.status, answer.body.error.code]).toEqual([422, 'invalid_ruleset']);
  expect(answer.body.error.problems).toMatchObject([
    { severity: 'error', code: 'duplicate-key', path: place, help: 'keep one of the two' },
  ]);
  expect((await control.ask('GET', path)).status).toBe(404);
});

test('a field that occurs twice is refused in every other body', async () => {
  const cases: [string, string, string, string][] = [
    ['POST', `${LIVE}/keys`, '{"kind":"client","kind":"server"}', '/kind'],
    ['POST', '/api/v1/projects', '{"key":"a","name":"a","key":"b"}', '/key'],
    ['POST', '/api/v1/tokens', '{"name":"a","access":"read","access":"admin"}', '/access'],
    ['POST', `${LIVE}/flags/there/kill`, '{"reason":"a","reason":"b"}', '/reason'],
  ];
  for (const [method, path, text, place] of cases) {
    const answer = await control.ask(method, path, { text });
    expect([answer.status, answer.body.error.code, answer.body.error.path], path).toEqual([
      400,
      'invalid_body',
      place,
    ]);
  }
});

test('what a body has of a wrong type, or in a wrong word, is named by a pointer', async () => {
  const cases: [string, string, unknown, string][] = [
    ['POST', '/api/v1/projects', { key: 5, name: 'A' }, '/key'],
    ['POST', '/api/v1/projects', { key: 'a' }, '/name'],
    ['POST', '/api/v1/projects', [], ''],
    ['POST', '/api/v1/tokens', { name: 'a', access: 'all', expires_in_days: 1 }, '/access'],
    [
      'POST',
      '/api/v1/tokens',
      { name: 'a', access: 'read', expires_in_days: '1' },
      '/expires_in_days',
    ],
    [
      'POST',
      '/api/v1/tokens',
      { name: 'a', access: 'read', expires_in_days: 1, projects: ['a', 1] },
      '/projects/1',
    ],
    ['POST', `${PROJECT}/environments`, { key: 'a', name: {} }, '/name'],
    ['PATCH', LIVE, { snapshot_lifetime_ms: 'a week' }, '/snapshot_lifetime_ms'],
    ['POST', `${LIVE}/keys`, { kind: 'browser' }, '/kind'],
    ['POST', `${LIVE}/keys`, { kind: 'client', origins: ['https://a.example', 7] }, '/origins/1'],
    ['POST', `${LIVE}/erasures`, { units: { user: 7 } }, '/units/user'],
    ['POST', `${LIVE}/flags/there/kill`, { reason: 7 }, '/reason'],
    ['POST', `${LIVE}/flags/there/revert`, { version: 'one' }, '/version'],
  ];
  for (const [method, path, body, place] of cases) {
    const answer = await control.ask(method, path, { body });
    const { code, path: found } = answer.body.error;
    expect([answer.status, code, found], `${path} ${JSON.stringify(body)}`).toEqual([
      400,
      'invalid_body',
      place,
    ]);
  }
});

test.each(['bearer', 'BEARER', 'Bearer  '])(
  'the scheme `%s` is the one we know',
  async (scheme) => {
    const headers = { Authorization: `${scheme} ${control.token}` };
    const answer = await fetch(`${control.workers.control}/api/v1/projects`, { headers });
    expect(answer.status).toBe(200);
  },
);

test.each(['', 'Basic ', 'Bearerx '])('`%s` before a token is not', async (scheme) => {
  const headers = { Authorization: `${scheme}${control.token}` };
  const answer = await fetch(`${control.workers.control}/api/v1/projects`, { headers });
  expect(answer.status).toBe(401);
});

test('HEAD answers as GET does, without a body', async () => {
  const paths = [
    '/',
    '/healthz',
    '/assets/admin.js',
    PROJECT,
    `${LIVE}/flags`,
    `${LIVE}/flags/there`,
  ];
  for (const path of [...paths, `${LIVE}/flags/nope`, '/nope']) {
    const headers = { Authorization: `Bearer ${control.token}` };
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) => fetch(control.workers.control + path, { method, headers })),
    );
    expect(head?.status, path).toBe(get?.status);
    for (const name of ['Content-Type', 'ETag', 'Content-Security-Policy']) {
      expect(head?.headers.get(name), path).toBe(get?.headers.get(name));
    }
    expect(await head?.text()).toBe('');
    await get?.arrayBuffer();
  }
});

test('HEAD changes nothing', async () => {
  const answer = await fetch(`${control.workers.control}${LIVE}/flags/there/kill`, {
    method: 'HEAD',
    headers: { Authorization: `Bearer ${control.token}` },
  });
  expect(answer.status).toBe(404);
  expect((await control.ask('GET', `${LIVE}/flags/there`)).body.killed).toBe(false);
});
