import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE } from './control.ts';

let control: Control;

beforeAll(async () => {
  control = await Control.setUp();
});
afterAll(() => control.end());

test('projects are made once, listed and shown', async () => {
  const body = { key: 'shop', name: 'The shop' };
  const made = await control.ask('POST', '/api/v1/projects', { body });
  expect([made.status, made.body]).toMatchObject([201, body]);
  const again = await control.ask('POST', '/api/v1/projects', { body });
  expect([again.status, again.body.error.code]).toEqual([409, 'project_exists']);
  expect((await control.ask('GET', '/api/v1/projects')).body.projects).toMatchObject([body]);
  expect((await control.ask('GET', '/api/v1/projects/shop')).body).toMatchObject(body);
  expect((await control.ask('GET', '/api/v1/projects/nope')).body.error.code).toBe(
    'project_not_found',
  );
});

test('bad keys, names and bodies are refused', async () => {
  const cases: [unknown, string, string | undefined][] = [
    [{ key: 'Shop', name: 'x' }, 'invalid_key', '/key'],
    [{ key: '', name: 'x' }, 'invalid_key', '/key'],
    [{ key: 'a', name: '' }, 'invalid_name', '/name'],
    [{ key: 'a', name: 'x\ny' }, 'invalid_name', '/name'],
    [{ key: 'a' }, 'invalid_body', '/name'],
    [[], 'invalid_body', ''],
  ];
  for (const [body, code, path] of cases) {
    const answer = await control.ask('POST', '/api/v1/projects', { body });
    expect([answer.status, answer.body.error.code, answer.body.error.path]).toEqual([
      400,
      code,
      path,
    ]);
  }
});

test('bodies that are no JSON, no UTF-8, too deep or too large are refused', async () => {
  const cases: [string | Uint8Array<ArrayBuffer>, number, string][] = [
    ['{"key":', 400, 'invalid_json'],
    ['', 400, 'invalid_json'],
    [new Uint8Array([0x22, 0xff, 0x22]), 400, 'invalid_utf8'],
    ['['.repeat(100_000), 400, 'invalid_json'],
    ['x'.repeat(1_048_577), 413, 'body_too_large'],
  ];
  for (const [text, status, code] of cases) {
    const answer = await control.ask('POST', '/api/v1/projects', { text });
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  }
});

test('an environment begins with every flag dormant, and is published at once', async () => {
  const environments = '/api/v1/projects/shop/environments';
  const live = await control.ask('POST', environments, { body: { key: 'live', name: 'Live' } });
  expect(live.status).toBe(201);
  expect(live.body).toMatchObject({ key: 'live', revision: 1, published: true, shards: 4 });
  expect(live.body.id).toMatch(/^env_[0-9a-z]{12}$/);
  expect(live.body.public_key).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.stringify(live.body)).not.toMatch(/pepper|seed/);

  await control.ask('PUT', `${LIVE}/flags/sale`, { body: booleanFlag() });
  const late = await control.ask('POST', environments, { body: { key: 'late', name: 'Late' } });
  expect(late.body).toMatchObject({ revision: 1, published: true });
  const flag = await control.ask('GET', `${environments}/late/flags/sale`);
  expect(flag.body).toMatchObject({ enabled: false, off: 'off', type: 'boolean' });

  const again = await control.ask('POST', environments, { body: { key: 'live', name: 'Live' } });
  expect([again.status, again.body.error.code]).toEqual([409, 'environment_exists']);
  const list = await control.ask('GET', environments);
  expect(list.body.environments.map((row: { key: string }) => row.key)).toEqual(['live', 'late']);
  expect((await control.ask('GET', `${environments}/nope`)).body.error.code).toBe(
    'environment_not_found',
  );
});

test('there is nothing at other addresses', async () => {
  for (const path of [
    '/nope',
    '/api',
    '/api/v1/nope',
    '/api/v1/projects/shop/nope',
    '/assets/nope.js',
    '/internal/env/x',
  ]) {
    const answer = await control.ask('GET', path);
    expect([path, answer.status, answer.body.error.code]).toEqual([path, 404, 'route_not_found']);
  }
});
