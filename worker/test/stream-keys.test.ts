// Push and keys: who is let in, who is thrown out, and whose signature counts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booleanFlag, Control, LIVE, TEST, until } from './control.ts';
import {
  isKill,
  isRevision,
  type KillMessage,
  openEnvelope,
  type PublicKey,
  refusal,
  Stream,
} from './stream-client.ts';

let control: Control;

beforeAll(async () => {
  control = await Control.withProject();
  await control.ask('PUT', `${LIVE}/flags/sale`, { body: booleanFlag() });
});
afterAll(() => control.end());

async function newKey(fields = {}): Promise<{ id: string; key: string }> {
  const body = { kind: 'client', ...fields };
  return (await control.ask('POST', `${LIVE}/keys`, { body })).body;
}

async function publicKeys(key: string): Promise<PublicKey[]> {
  const answer = await fetch(`${control.workers.edge}/v1/keys?key=${key}`);
  return (await answer.json()).keys;
}

async function kill(path: string, killed: boolean): Promise<number> {
  const answer = await control.ask('POST', `${path}/flags/sale/${killed ? 'kill' : 'unkill'}`);
  return answer.body.revision;
}

test('revoking a key closes what it has opened, and it opens nothing more', async () => {
  const { id, key } = await newKey();
  const other = await Stream.open(control.workers.edge, (await newKey()).key);
  const streams = await Promise.all(
    Array.from({ length: 5 }, () => Stream.open(control.workers.edge, key)),
  );
  const began = performance.now();
  await control.ask('DELETE', `${LIVE}/keys/${id}`);
  expect(await Promise.all(streams.map((stream) => stream.closed))).toEqual(Array(5).fill(4401));
  expect(performance.now() - began).toBeLessThan(5_000);
  // The edge may still trust what it read about the key; the hub knows better.
  await expect(Stream.open(control.workers.edge, key)).rejects.toThrow();
  await other.ping();
  other.close();
});

test('a rotated key is closed when its overlap ends', async () => {
  const { id, key } = await newKey();
  const stream = await Stream.open(control.workers.edge, key);
  const body = { overlap_seconds: 2 };
  const next = await control.ask('POST', `${LIVE}/keys/${id}/rotate`, { body });
  await stream.ping();
  expect(await stream.closed).toBe(4401);
  await expect(Stream.open(control.workers.edge, key)).rejects.toThrow();
  const successor = await Stream.open(control.workers.edge, next.body.key);
  successor.close();
});

test('pages of other origins are not let in, and thrown out when the list changes', async () => {
  const [shop, blog] = ['https://shop.example', 'https://blog.example'];
  const { id, key } = await newKey({ origins: [shop, blog] });
  const open = (origin: string) => Stream.open(control.workers.edge, key, { origin });
  await expect(open('https://evil.example')).rejects.toThrow();
  const [stays, goes] = [await open(shop), await open(blog)];
  await control.ask('PATCH', `${LIVE}/keys/${id}`, { body: { origins: [shop] } });
  expect(await goes.closed).toBe(4403);
  await expect(open(blog)).rejects.toThrow();
  await stays.ping();
  stays.close();
});

test('a kill that is forged, replayed or of another environment is refused', async () => {
  const { key } = await newKey();
  const keys = await publicKeys(key);
  const environment = (await control.ask('GET', LIVE)).body.id;
  const stream = await Stream.open(control.workers.edge, key);
  const held = (await stream.heard(isRevision)).revision;
  await kill(LIVE, true);
  const delta = await stream.heard(isKill);
  const holder = { environment, held, keys };
  expect(refusal(holder, delta)).toBeUndefined();

  const flipped = delta.signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  const forgeries: [string, Partial<KillMessage>][] = [
    ['signature', { signature: flipped }],
    ['signature', { flag: 'other' }],
    ['signature', { killed: false }],
    ['signature', { revision: delta.revision + 1 }],
    ['environment', { environment: (await control.ask('GET', TEST)).body.id }],
    ['key', { key_id: '0'.repeat(16) }],
  ];
  for (const [reason, changes] of forgeries) {
    expect([changes, refusal(holder, { ...delta, ...changes })]).toEqual([changes, reason]);
  }
  const revision = await kill(LIVE, false);
  expect(refusal({ ...holder, held: revision }, delta)).toBe('old');
  stream.close();
});

test('a signing key is replaced while clients accept both', async () => {
  const { key } = await newKey();
  const stream = await Stream.open(control.workers.edge, key);
  const envelope = async () => {
    const headers = { 'Accept-Encoding': 'identity' };
    const answer = await fetch(`${control.workers.edge}/v1/config/${key}`, { headers });
    return Buffer.from(await answer.arrayBuffer());
  };
  const path = `${LIVE}/signing-keys`;
  const [old] = (await control.ask('GET', path)).body.signing_keys;
  const added = await control.ask('POST', path);
  expect([added.status, added.body.signing_keys.length]).toEqual([201, 2]);
  const next = added.body.signing_keys.find((one: PublicKey) => one.id !== old.id);
  expect((await control.ask('POST', path)).status).toBe(409);
  const both = await until(async () => {
    const keys = await publicKeys(key);
    return keys.length === 2 ? keys : undefined;
  });
  expect(openEnvelope(await envelope(), both).keyId).toBe(old.id);

  expect((await control.ask('DELETE', `${path}/${old.id}`)).status).toBe(409);
  expect((await control.ask('POST', `${path}/${next.id}/activate`)).status).toBe(200);
  await until(async () => (openEnvelope(await envelope(), both).keyId === next.id ? 1 : undefined));
  const revision = await kill(LIVE, true);
  const delta = await stream.heard((message): message is KillMessage => {
    return isKill(message) && message.revision === revision;
  });
  expect(delta.key_id).toBe(next.id);
  const holder = { environment: delta.environment, held: 0 };
  expect(refusal({ ...holder, keys: both }, delta)).toBeUndefined();
  expect(refusal({ ...holder, keys: [old] }, delta)).toBe('key');

  expect((await control.ask('DELETE', `${path}/${old.id}`)).status).toBe(200);
  await until(async () => ((await publicKeys(key)).length === 1 ? true : undefined));
  expect((await control.ask('GET', LIVE)).body.public_key).toBe(next.public_key);
  stream.close();
});

test('a snapshot says when it expires, and is sealed anew half-way by itself', async () => {
  const { key } = await newKey();
  const body = { snapshot_lifetime_ms: 10_000 };
  const changed = await control.ask('PATCH', TEST, { body });
  expect(changed.body.settings).toEqual(body);
  for (const wrong of [
    { snapshot_lifetime_ms: 9_999 },
    { snapshot_lifetime_ms: 'long' },
    { x: 1 },
  ]) {
    expect((await control.ask('PATCH', TEST, { body: wrong })).status).toBe(400);
  }
  const testKey = (await control.ask('POST', `${TEST}/keys`, { body: { kind: 'client' } })).body;
  const keys = await publicKeys(testKey.key);
  const opened = async () => {
    const headers = { 'Accept-Encoding': 'identity' };
    const answer = await fetch(`${control.workers.edge}/v1/config/${testKey.key}`, { headers });
    return openEnvelope(Buffer.from(await answer.arrayBuffer()), keys);
  };
  const first = await opened();
  expect(first.expiresMs - first.issuedMs).toBe(10_000);
  const second = await until(async () => {
    const now = await opened();
    return now.revision > first.revision ? now : undefined;
  });
  expect(second.issuedMs - first.issuedMs).toBeLessThan(9_000);
  expect(second.expiresMs).toBeGreaterThan(first.expiresMs);
  const week = 7 * 24 * 3_600_000;
  const liveKeys = await publicKeys(key);
  const answer = await fetch(`${control.workers.edge}/v1/config/${key}`, {
    headers: { 'Accept-Encoding': 'identity' },
  });
  const live = openEnvelope(Buffer.from(await answer.arrayBuffer()), liveKeys);
  expect(live.expiresMs - live.issuedMs).toBe(week);
  await control.ask('PATCH', TEST, { body: { snapshot_lifetime_ms: week } });
});
