import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './control.ts';
import { makeKey, publish, type Seeded, seed, writeKey } from './edge-seed.ts';
import { stores } from './edge-stores.ts';
import { type Started, startWorkers } from './start.ts';

/** How long a record is used without a look, and how long while somebody looks, with a little more. */
const FRESH_MS = 2_100;
const USABLE_MS = 10_100;

let workers: Started;
let seeded: Seeded;

beforeAll(async () => {
  workers = await startWorkers();
  seeded = await seed(workers.miniflare);
});

afterAll(() => workers.stop());

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(workers.edge + path, { headers });
}

async function errorOf(response: Response): Promise<[number, string]> {
  const body = (await response.json()) as { error: { code: string; message: string } };
  expect(body.error.message).not.toBe('');
  return [response.status, body.error.code];
}

describe('GET /v1/config/{key}', () => {
  it('answers with the bytes of the envelope, once for each change', async () => {
    const first = await get(`/v1/config/${seeded.clientKey}`);
    expect(first.status).toBe(200);
    expect(first.headers.get('etag')).toBe(`"${seeded.snapshot}"`);
    expect(first.headers.get('x-pennon-revision')).toBe('1');
    expect(first.headers.get('cache-control')).toBe(
      'public, max-age=5, stale-while-revalidate=60, stale-if-error=86400',
    );
    expect(new Uint8Array(await first.arrayBuffer())).toEqual(seeded.envelope);

    for (const known of [
      `"${seeded.snapshot}"`,
      `W/"${seeded.snapshot}"`,
      `"x", "${seeded.snapshot}"`,
    ]) {
      const again = await get(`/v1/config/${seeded.clientKey}`, { 'if-none-match': known });
      expect(again.status).toBe(304);
      expect(again.headers.get('etag')).toBe(`"${seeded.snapshot}"`);
      expect(await again.text()).toBe('');
    }
    const other = await get(`/v1/config/${seeded.clientKey}`, { 'if-none-match': '"other"' });
    expect(other.status).toBe(200);
  });

  it('shows a published revision within two looks, and never goes back', async () => {
    const changing = await seed(workers.miniflare);
    const path = `/v1/config/${changing.clientKey}`;
    await get(path);
    const next = await publish(workers.miniflare, changing.environment, 2);
    await pause(FRESH_MS);
    // Who comes first sets the look off, and does not wait for it.
    expect((await get(path)).headers.get('x-pennon-revision')).toBe('1');
    const response = await until(async () => {
      const answer = await get(path);
      return answer.headers.get('x-pennon-revision') === '2' ? answer : undefined;
    });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(next.envelope);

    // A store that lags behind takes nobody back.
    await publish(workers.miniflare, changing.environment, 1);
    for (let look = 0; look < 2; look += 1) {
      await pause(FRESH_MS);
      expect((await get(path)).headers.get('x-pennon-revision')).toBe('2');
    }
  }, 15_000);

  it('looks before it answers when nobody has asked for long', async () => {
    const quiet = await seed(workers.miniflare);
    await get(`/v1/config/${quiet.clientKey}`);
    await publish(workers.miniflare, quiet.environment, 2);
    await pause(USABLE_MS);
    const response = await get(`/v1/config/${quiet.clientKey}`);
    expect(response.headers.get('x-pennon-revision')).toBe('2');
  }, 20_000);

  it('gives the server plan to a server key, which must not stand in an address', async () => {
    for (const [path, scheme] of [
      ['/v1/config', 'Bearer'],
      ['/v1/config/server', 'bearer'],
    ] as const) {
      const response = await get(path, { authorization: `${scheme} ${seeded.serverKey}` });
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toMatch(/^private/);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(seeded.serverEnvelope);
    }
    // An address without a key is the same for every project: nobody between may share copies.
    const client = await get('/v1/config', { authorization: `Bearer ${seeded.clientKey}` });
    expect(client.headers.get('cache-control')).toMatch(/^private/);
    const leaked = await get(`/v1/config/${seeded.serverKey}`);
    expect(await errorOf(leaked)).toEqual([403, 'key_in_address']);
  });

  it('refuses keys that are missing, mistyped, unknown, revoked or expired', async () => {
    expect(await errorOf(await get('/v1/config'))).toEqual([401, 'key_missing']);
    const mistyped = `${seeded.clientKey.slice(0, -1)}${seeded.clientKey.endsWith('0') ? '1' : '0'}`;
    for (const key of ['x', mistyped, makeKey('pk', seeded.environment)]) {
      expect(await errorOf(await get(`/v1/config/${key}`))).toEqual([401, 'key_unknown']);
    }
    const revoked = await seed(workers.miniflare, { revoked: true });
    expect(await errorOf(await get(`/v1/config/${revoked.clientKey}`))).toEqual([
      401,
      'key_revoked',
    ]);
    const expired = await seed(workers.miniflare, { expiresAt: Date.now() - 1 });
    expect(await errorOf(await get(`/v1/config/${expired.clientKey}`))).toEqual([
      401,
      'key_revoked',
    ]);
    const expiring = await seed(workers.miniflare, { expiresAt: Date.now() + 60_000 });
    expect((await get(`/v1/config/${expiring.clientKey}`)).status).toBe(200);
  });

  it('forgets a revoked key within five seconds', async () => {
    const revoking = await seed(workers.miniflare);
    const path = `/v1/config/${revoking.clientKey}`;
    expect((await get(path)).status).toBe(200);
    const { environment, clientKey } = revoking;
    await writeKey(workers.miniflare, environment, clientKey, { revoked: true });
    await pause(5_100);
    expect(await errorOf(await get(path))).toEqual([401, 'key_revoked']);
  }, 10_000);

  it('answers pages of the origins that the key allows, and says why not to others', async () => {
    const open = await get(`/v1/config/${seeded.clientKey}`, { origin: 'https://any.example' });
    expect(open.headers.get('access-control-allow-origin')).toBe('*');
    expect(open.headers.get('access-control-expose-headers')).toMatch(/ETag/);

    const shop = 'https://shop.example';
    const bound = await seed(workers.miniflare, { origins: [shop] });
    const allowed = await get(`/v1/config/${bound.clientKey}`, { origin: shop });
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('vary')).toBe('Accept-Encoding, Origin');
    const stranger = await get(`/v1/config/${bound.clientKey}`, { origin: 'https://evil.example' });
    expect(stranger.headers.get('access-control-allow-origin')).toBe('*');
    expect(await errorOf(stranger)).toEqual([403, 'origin_not_allowed']);
    expect((await get(`/v1/config/${bound.clientKey}`)).status).toBe(200);
  });

  it('answers a preflight', async () => {
    const response = await fetch(`${workers.edge}/v1/config/${seeded.clientKey}`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://any.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'if-none-match',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-headers')).toMatch(/If-None-Match/);
  });

  it('passes over damaged and missing copies', async () => {
    const damaged = await seed(workers.miniflare);
    const { archive, snapshots } = await stores(workers.miniflare);
    await snapshots.put(`snap/${damaged.snapshot}`, damaged.envelope.slice(0, 100));
    const fromArchive = await get(`/v1/config/${damaged.clientKey}`);
    expect(new Uint8Array(await fromArchive.arrayBuffer())).toEqual(damaged.envelope);

    const halved = await seed(workers.miniflare);
    await archive.delete(`snap/${halved.snapshot}`);
    await archive.delete(`env/${halved.environment}`);
    const fromKv = await get(`/v1/config/${halved.clientKey}`);
    expect(new Uint8Array(await fromKv.arrayBuffer())).toEqual(halved.envelope);

    await snapshots.delete(`snap/${halved.snapshot}`);
    const gone = await seed(workers.miniflare);
    await snapshots.delete(`snap/${gone.snapshot}`);
    await archive.delete(`snap/${gone.snapshot}`);
    const nowhere = await get(`/v1/config/${gone.clientKey}`);
    expect(nowhere.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await errorOf(nowhere)).toEqual([503, 'store_unavailable']);
  });
});

describe('GET /v1/names/{key}/{plan hash}', () => {
  it('answers with the names of the plan that is served, and of no other', async () => {
    const response = await get(`/v1/names/${seeded.clientKey}/${seeded.plan}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(seeded.names);
    const other = await get(`/v1/names/${seeded.clientKey}/${'0'.repeat(64)}`);
    expect(await errorOf(other)).toEqual([404, 'not_found']);
  });
});

describe('the rest', () => {
  it('answers HEAD as GET, without a body', async () => {
    const known = [`/v1/config/${seeded.clientKey}`, '/healthz', '/v1/config/x', '/', '/v1/events'];
    for (const path of [...known, `/v1/names/${seeded.clientKey}/${seeded.plan}`]) {
      const [full, head] = await Promise.all(
        ['GET', 'HEAD'].map((method) => fetch(workers.edge + path, { method })),
      );
      expect(head?.status, path).toBe(full?.status);
      for (const name of ['etag', 'x-pennon-revision', 'content-type', 'cache-control']) {
        expect(head?.headers.get(name), path).toBe(full?.headers.get(name));
      }
      expect(await head?.text()).toBe('');
      await full?.arrayBuffer();
    }
  });

  it('has nothing elsewhere', async () => {
    expect(await errorOf(await get('/'))).toEqual([404, 'not_found']);
    expect(await errorOf(await get('/api/v1/projects'))).toEqual([404, 'not_found']);
  });

  it('says which methods an address has', async () => {
    const cases: [string, string, string][] = [
      ['GET', '/v1/events', 'POST, OPTIONS'],
      ['PUT', '/v1/evaluate', 'POST, OPTIONS'],
      ['POST', '/v1/config', 'GET, HEAD, OPTIONS'],
      ['DELETE', '/healthz', 'GET, HEAD, OPTIONS'],
    ];
    for (const [method, path, allow] of cases) {
      const response = await fetch(workers.edge + path, { method });
      expect(response.headers.get('allow'), path).toBe(allow);
      expect(await errorOf(response)).toEqual([405, 'method_not_allowed']);
    }
  });
});
