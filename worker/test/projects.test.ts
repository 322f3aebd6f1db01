import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE, until } from './control.ts';
import { batch, uuid7 } from './edge-events-client.ts';

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

test('a project is deleted by name, once its keys are revoked, and its key is free again', async () => {
  const path = '/api/v1/projects/mistake';
  const live = `${path}/environments/live`;
  const make = async () => {
    const body = { key: 'mistake', name: 'A mistake' };
    expect((await control.ask('POST', '/api/v1/projects', { body })).status).toBe(201);
    const environment = { key: 'live', name: 'Live' };
    return control.ask('POST', `${path}/environments`, { body: environment });
  };
  const { id } = (await make()).body;
  await control.ask('PUT', `${live}/flags/gone`, { body: booleanFlag() });
  const key = (await control.ask('POST', `${live}/keys`, { body: { kind: 'client' } })).body;
  const event = { id: uuid7(), type: 'exposure', at: Date.now(), flag: 'gone', variant: 'on' };
  await until(async () => {
    const sent = await fetch(`${control.workers.edge}/v1/events?key=${key.key}`, {
      method: 'POST',
      body: JSON.stringify(batch([{ ...event, units: { user: 'u1' } }])),
    });
    return sent.ok ? true : undefined;
  });

  const remove = (body: object, token?: string) =>
    control.ask('DELETE', path, token === undefined ? { body } : { body, token });
  const refused = await remove({ confirm: 'shop' });
  expect([refused.status, refused.body.error.code]).toEqual([400, 'not_confirmed']);
  const used = await remove({ confirm: 'mistake' });
  expect([used.status, used.body.error.code]).toEqual([409, 'project_in_use']);
  const write = { name: 'w', access: 'write', expires_in_days: 1 };
  const { token } = (await control.ask('POST', '/api/v1/tokens', { body: write })).body;
  expect((await remove({ confirm: 'mistake' }, token)).status).toBe(403);
  expect((await control.ask('DELETE', `${live}/keys/${key.id}`)).status).toBe(200);

  const removed = await until(async () => {
    const answer = await remove({ confirm: 'mistake' });
    return answer.status === 409 ? undefined : answer;
  });
  const kept = ['log', 'defs', 'contrib', 'dead'].map((folder) => `${folder}/${id}/`);
  expect([removed.status, removed.body]).toEqual([200, { key: 'mistake', kept }]);
  expect((await control.ask('GET', path)).status).toBe(404);
  expect((await control.ask('GET', live)).status).toBe(404);
  expect((await remove({ confirm: 'mistake' })).status).toBe(404);

  expect((await make()).status).toBe(201);
  expect((await control.ask('GET', `${live}/flags`)).body).toEqual({ flags: [] });
  expect((await control.ask('GET', `${live}/exposures`)).body.flags).toEqual([]);
  expect((await control.ask('GET', `${live}/keys`)).body).toEqual({ keys: [] });
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
