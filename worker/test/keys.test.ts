import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Control, LIVE, TEST } from './control.ts';

let control: Control;
let environment: string;

beforeAll(async () => {
  control = await Control.withProject();
  environment = (await control.ask('GET', LIVE)).body.id;
});
afterAll(() => control.end());

async function config(key: string): Promise<number> {
  const isServer = key.startsWith('sk_');
  const headers: Record<string, string> = isServer ? { Authorization: `Bearer ${key}` } : {};
  const path = isServer ? '/v1/config' : `/v1/config/${key}`;
  const answer = await fetch(control.workers.edge + path, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

async function make(body: unknown) {
  return control.ask('POST', `${LIVE}/keys`, { body });
}

test('a client key is public, a server key is shown once, both open the edge', async () => {
  const client = (await make({ kind: 'client', origins: ['https://shop.example'] })).body;
  const server = (await make({ kind: 'server' })).body;
  expect(client.key).toMatch(new RegExp(`^pk_${environment}_[0-9a-z]+$`));
  expect(server.key).toMatch(new RegExp(`^sk_${environment}_[0-9a-z]+$`));
  const hash = createHash('sha256').update(server.key).digest('hex');
  expect(server.id).toBe(hash.slice(0, 16));
  const list = (await control.ask('GET', `${LIVE}/keys`)).body.keys;
  expect(list).toMatchObject([
    { key: client.key, origins: ['https://shop.example'] },
    { id: server.id, last4: server.key.slice(-4) },
  ]);
  expect(JSON.stringify(list)).not.toContain(server.key);
  expect(await config(client.key)).toBe(200);
  expect(await config(server.key)).toBe(200);
});

test('a rotated key works until its overlap ends; with none it is over at once', async () => {
  const old = (await make({ kind: 'client' })).body;
  const next = await control.ask('POST', `${LIVE}/keys/${old.id}/rotate`);
  expect(next.status).toBe(201);
  expect(next.body.key).not.toBe(old.key);
  const shown = (await control.ask('GET', `${LIVE}/keys`)).body.keys.find(
    (key: { id: string }) => key.id === old.id,
  );
  expect(shown.expires_at).toBeGreaterThan(Date.now() + 86_000_000);
  expect(await config(old.key)).toBe(200);
  expect(await config(next.body.key)).toBe(200);

  const short = await control.ask('POST', `${LIVE}/keys/${next.body.id}/rotate`, {
    body: { overlap_seconds: 0 },
  });
  expect(short.status).toBe(201);
  expect((await control.ask('POST', `${LIVE}/keys/${next.body.id}/rotate`)).status).toBe(409);
  const tooLong = await control.ask('POST', `${LIVE}/keys/${short.body.id}/rotate`, {
    body: { overlap_seconds: 9_999_999 },
  });
  expect([tooLong.status, tooLong.body.error.path]).toEqual([400, '/overlap_seconds']);
});

test('a revoked key stays listed, and the edge refuses it', async () => {
  const key = (await make({ kind: 'client' })).body;
  const revoked = await control.ask('DELETE', `${LIVE}/keys/${key.id}`);
  expect([revoked.status, revoked.body.revoked_at > 0]).toEqual([200, true]);
  expect([401, 403]).toContain(await config(key.key));
  const again = await control.ask('DELETE', `${LIVE}/keys/${key.id}`);
  expect([again.status, again.body.error.code]).toEqual([409, 'key_revoked']);
});

test('origins change, and are origins', async () => {
  const key = (await make({ kind: 'client' })).body;
  const changed = await control.ask('PATCH', `${LIVE}/keys/${key.id}`, {
    body: { origins: ['http://127.0.0.1:5173'] },
  });
  expect([changed.status, changed.body.origins]).toEqual([200, ['http://127.0.0.1:5173']]);
  const bad = await control.ask('PATCH', `${LIVE}/keys/${key.id}`, {
    body: { origins: ['https://a.example', 'a.example'] },
  });
  expect([bad.status, bad.body.error.path]).toEqual([400, '/origins/1']);
  const server = await make({ kind: 'server', origins: ['https://a.example'] });
  expect([server.status, server.body.error.code]).toEqual([400, 'invalid_origin']);
  expect((await make({ kind: 'visitor' })).status).toBe(400);
});

test('a star stands for any origin, or for the names below a host', async () => {
  const origins = ['https://*.shop.example', 'http://*.localhost:5173', 'https://pay.example'];
  const made = await make({ kind: 'client', origins });
  expect([made.status, made.body.origins]).toEqual([201, origins]);
  const from = async (origin: string) => {
    const path = `/v1/config/${made.body.key}`;
    const answer = await fetch(control.workers.edge + path, { headers: { origin } });
    await answer.arrayBuffer();
    return answer.status;
  };
  const allowed = [
    'https://a.shop.example',
    'https://a.b.shop.example',
    'http://a.localhost:5173',
    'https://pay.example',
  ];
  const refused = [
    'https://shop.example',
    'https://ashop.example',
    'http://a.shop.example',
    'https://a.shop.example:8443',
    'https://a.shop.example.evil.example',
    'http://a.localhost',
    'https://www.pay.example',
    'null',
  ];
  for (const origin of allowed) expect(await from(origin), origin).toBe(200);
  for (const origin of refused) expect(await from(origin), origin).toBe(403);

  const open = await make({ kind: 'client', origins: ['*'] });
  expect(open.status).toBe(201);
  const answer = await fetch(`${control.workers.edge}/v1/config/${open.body.key}`, {
    headers: { origin: 'https://any.example' },
  });
  await answer.arrayBuffer();
  expect(answer.status).toBe(200);
});

test('a star anywhere else is refused, and so is what no browser sends', async () => {
  const bad = [
    '**',
    '*.shop.example',
    'https://*',
    'https://*.',
    '*://shop.example',
    'https://a*.shop.example',
    'https://a.*.example',
    'https://*.*.example',
    'https://shop.example:*',
    'https://*.Shop.example',
    'https://*.shop.example/',
    'https://*.shop.example:443',
  ];
  for (const origin of bad) {
    const answer = await make({ kind: 'client', origins: ['https://ok.example', origin] });
    const { error } = answer.body;
    expect([answer.status, error?.code, error?.path], origin).toEqual([
      400,
      'invalid_origin',
      '/origins/1',
    ]);
    expect(error.message).toContain(`\`${origin}\``);
  }
});

test('ids of another environment do not exist here', async () => {
  const key = (await make({ kind: 'client' })).body;
  expect((await control.ask('DELETE', `${TEST}/keys/${key.id}`)).status).toBe(404);
  expect((await control.ask('POST', `${TEST}/keys/${key.id}/rotate`)).status).toBe(404);
  expect(
    (await control.ask('PATCH', `${TEST}/keys/${key.id}`, { body: { origins: [] } })).status,
  ).toBe(404);
  expect(await config(key.key)).toBe(200);
});
