import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE } from './control.ts';

let control: Control;

beforeAll(async () => {
  control = await Control.withProject();
  await control.ask('POST', '/api/v1/projects', { body: { key: 'blog', name: 'The blog' } });
  await control.ask('POST', '/api/v1/projects/blog/environments', {
    body: { key: 'live', name: 'Live' },
  });
});
afterAll(() => control.end());

async function make(body: Record<string, unknown>) {
  return control.ask('POST', '/api/v1/tokens', {
    body: { name: 'ci', expires_in_days: 30, ...body },
  });
}

test('nothing is answered without a valid token', async () => {
  const tokens = [
    null,
    '',
    'at_',
    'nonsense',
    `${control.token}x`,
    control.token.replace(/.$/, '0'),
  ];
  const paths = [
    '/api/v1/projects',
    '/api/v1/tokens',
    '/api/v1/projects/shop',
    `${LIVE}/flags`,
    `${LIVE}/exposures`,
  ];
  for (const token of tokens) {
    if (token === control.token) continue;
    for (const path of paths) {
      const answer = await control.ask('GET', path, { token });
      expect([path, token, answer.status]).toEqual([path, token, 401]);
    }
  }
});

test('a token does what its access allows, and no more', async () => {
  const read = (await make({ access: 'read' })).body.token;
  const write = (await make({ access: 'write' })).body.token;
  const attempts: [string, string, unknown, number, number][] = [
    ['GET', `${LIVE}/flags`, undefined, 200, 200],
    ['PUT', `${LIVE}/flags/by-token`, booleanFlag(), 403, 201],
    ['POST', `${LIVE}/flags/by-token/kill`, {}, 403, 200],
    ['PUT', '/api/v1/projects/shop/metrics/m', { event: 'e', type: 'count' }, 403, 201],
    ['POST', `${LIVE}/keys`, { kind: 'client' }, 403, 403],
    ['POST', '/api/v1/projects/shop/environments', { key: 'x', name: 'X' }, 403, 403],
    ['POST', '/api/v1/projects', { key: 'x', name: 'X' }, 403, 403],
    ['GET', '/api/v1/tokens', undefined, 403, 403],
    ['POST', '/api/v1/tokens', { name: 'x', access: 'admin', expires_in_days: 1 }, 403, 403],
  ];
  for (const [method, path, body, forRead, forWrite] of attempts) {
    expect([method, path, (await control.ask(method, path, { body, token: read })).status]).toEqual(
      [method, path, forRead],
    );
    expect([
      method,
      path,
      (await control.ask(method, path, { body, token: write })).status,
    ]).toEqual([method, path, forWrite]);
  }
});

test('to a token for one project the others do not exist', async () => {
  const { token } = (await make({ access: 'admin', projects: ['blog'] })).body;
  const list = await control.ask('GET', '/api/v1/projects', { token });
  expect(list.body.projects.map((project: { key: string }) => project.key)).toEqual(['blog']);
  const mine = await control.ask('GET', '/api/v1/projects/blog/environments', { token });
  expect(mine.status).toBe(200);
  const absent = await control.ask('GET', '/api/v1/projects/nope', { token });
  for (const path of [
    '',
    '/environments',
    '/environments/live/flags',
    '/environments/live/keys',
    '/segments',
    '/environments/live/exposures',
  ]) {
    const answer = await control.ask('GET', `/api/v1/projects/shop${path}`, { token });
    expect([path, answer.status]).toEqual([path, 404]);
    expect(answer.body.error.code).toBe(absent.body.error.code);
  }
  const put = await control.ask('PUT', `${LIVE}/flags/theirs`, { token, body: booleanFlag() });
  expect(put.status).toBe(404);
  expect(
    (await control.ask('POST', '/api/v1/projects', { token, body: { key: 'z', name: 'Z' } }))
      .status,
  ).toBe(403);
});

test('a revoked token is refused at once, and secrets are shown once', async () => {
  const { token, id } = (await make({ access: 'read' })).body;
  expect((await control.ask('GET', '/api/v1/projects', { token })).status).toBe(200);
  const list = await control.ask('GET', '/api/v1/tokens');
  expect(JSON.stringify(list.body)).not.toContain(token);
  const revoked = await control.ask('DELETE', `/api/v1/tokens/${id}`);
  expect(revoked.status).toBe(200);
  expect(revoked.body.revoked_at).toBeGreaterThan(0);
  expect((await control.ask('GET', '/api/v1/projects', { token })).status).toBe(401);
  expect((await control.ask('DELETE', '/api/v1/tokens/0123456789abcdef')).status).toBe(404);
});

test('a bad token request names its place', async () => {
  const cases: [Record<string, unknown>, string, string | undefined][] = [
    [{ access: 'read', expires_in_days: 0 }, 'invalid_expiry', '/expires_in_days'],
    [{ access: 'read', expires_in_days: 367 }, 'invalid_expiry', '/expires_in_days'],
    [{ access: 'read', name: ' ' }, 'invalid_name', '/name'],
    [{ access: 'god' }, 'invalid_body', '/access'],
    [{}, 'invalid_body', '/access'],
  ];
  for (const [body, code, path] of cases) {
    const answer = await make(body);
    expect([answer.status, answer.body.error.code, answer.body.error.path]).toEqual([
      400,
      code,
      path,
    ]);
  }
});
