import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createServerClient } from '../entry/server-node.ts';
import {
  always,
  createSigningKey,
  experiment,
  keysAnswer,
  publish,
  type SigningKey,
  signingKey,
} from '../test/plans.ts';
import type { ReceivedBatch } from '../test/world.ts';
import { settle } from '../test/world.ts';
import type { ServerOptions } from './server-options.ts';

// A server asks for the flags of many people, from one plan.

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 25), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const attributes = { tier: { type: 'string', known_at: 'server', class: 'private' } };
const targeted = always('everybody', {
  variants: { only: 'everybody', gold: 'gold' },
  rules: [
    {
      id: 'r1',
      when: { attribute: 'tier', op: 'eq', value: 'gold' },
      outcome: { variant: 'gold' },
    },
  ],
});
const flags = { targeted, test: experiment('A', 'B', 50), count: always(7) };
const plan = (revision: number, key?: SigningKey): Uint8Array<ArrayBuffer> =>
  publish({ flags, attributes, revision, audience: 'server' }, key);

const open = (options: Partial<ServerOptions> = {}) => {
  const requests: Request[] = [];
  const batches: ReceivedBatch[] = [];
  const edge = { plan: plan(1), keys: () => keysAnswer(signingKey) };
  const client = createServerClient({
    endpoint: 'https://edge.test/',
    key: 'sk_env_test_secret',
    fetch: async (input, init) => {
      const request = new Request(input as string, init as RequestInit);
      requests.push(request);
      if (request.url.endsWith('/v1/keys')) return edge.keys();
      if (!request.url.endsWith('/v1/events')) return new Response(edge.plan);
      batches.push(JSON.parse(await request.text()));
      return Response.json({ accepted: 1, duplicates: 0, rejected: [] });
    },
    logger: () => {},
    ...options,
  });
  return { client, requests, batches, edge };
};

describe('a server client', () => {
  it('never puts its key into an address', async () => {
    const { client, requests } = open();
    await client.ready();
    client.track('something', undefined, { units: { user: 'u1' } });
    await client.flush();
    expect(requests.map(({ url }) => url)).toEqual([
      'https://edge.test/v1/config/server',
      'https://edge.test/v1/keys',
      'https://edge.test/v1/events',
    ]);
    for (const { headers } of requests)
      expect(headers.get('authorization')).toBe('Bearer sk_env_test_secret');
    await client.close();
  });

  it('decides for the context of each call', async () => {
    const { client } = open();
    await client.ready();
    const gold = { units: { user: 'u1' }, attributes: { tier: 'gold' } };
    expect(client.getString('targeted', '', gold)).toBe('gold');
    expect(client.getString('targeted', '', { units: { user: 'u1' } })).toBe('everybody');
    expect(client.getDetails('targeted', '', gold)).toMatchObject({
      reason: 'TARGETING_MATCH',
      rule: 'r1',
      revision: 1,
    });
    expect(client.getNumber('count', 0, {})).toBe(7);
    const values = Array.from({ length: 200 }, (_, i) =>
      client.getString('test', '', { units: { user: `u${i}` } }),
    );
    expect(values.filter((value) => value === 'A').length).toBeGreaterThan(60);
    expect(values.filter((value) => value === 'B').length).toBeGreaterThan(60);
    await client.close();
  });

  it('answers defaults with a reason when something is wrong', async () => {
    const { client } = open();
    expect(client.getDetails('count', 3, {})).toMatchObject({
      value: 3,
      errorCode: 'PROVIDER_NOT_READY',
    });
    await client.ready();
    const code = (key: string, fallback: string | number, context: unknown) =>
      client.getDetails(key, fallback, context as never).errorCode;
    expect(code('nowhere', '', {})).toBe('FLAG_NOT_FOUND');
    expect(code('count', '', {})).toBe('TYPE_MISMATCH');
    expect(code('test', '', {})).toBe('TARGETING_KEY_MISSING');
    expect(code('test', '', undefined)).toBe('TARGETING_KEY_MISSING');
    expect(code('test', '', { units: { user: [] } })).toBe('INVALID_CONTEXT');
    await client.close();
  });

  it('counts each exposure once', async () => {
    const { client, batches } = open();
    await client.ready();
    for (const user of ['u1', 'u2', 'u1', 'u2']) client.getString('test', '', { units: { user } });
    await client.close();
    expect(batches.flatMap(({ events }) => events.map(({ units }) => units))).toEqual([
      { user: 'u1' },
      { user: 'u2' },
    ]);
  });

  it('counts nothing when it is told so, and nothing for a bootstrap', async () => {
    const { client, batches } = open({ exposures: false });
    await client.ready();
    client.getString('test', '', { units: { user: 'u1' } });
    const { details } = client.bootstrap({ units: { user: 'u1' } }, ['test', 'count', 'nowhere']);
    expect(Object.keys(details ?? {})).toEqual(['test', 'count']);
    expect(details?.test).toMatchObject({ reason: 'SPLIT', exposure: true });
    expect(details?.count).toMatchObject({ value: 7, reason: 'STATIC' });
    await client.close();
    expect(batches).toEqual([]);
  });

  it('asks only whether the plan it has still holds', async () => {
    const asked: (string | null)[] = [];
    const { client } = open({
      fetch: async (url, init) => {
        if (String(url).endsWith('/v1/keys')) return keysAnswer(signingKey);
        const known = new Headers(init?.headers).get('if-none-match');
        asked.push(known);
        return known
          ? new Response(null, { status: 304 })
          : new Response(plan(1), { headers: { etag: '"one"' } });
      },
    });
    await client.ready();
    await client.refresh();
    await client.refresh();
    expect(asked).toEqual([null, '"one"', '"one"']);
    expect(client.status()).toMatchObject({ revision: 1, failing: false });
    await client.close();
  });

  it('follows what is published, until it is closed', async () => {
    const { client, requests, edge } = open();
    await client.ready();
    edge.plan = plan(2);
    await vi.advanceTimersByTimeAsync(40_000);
    await settle();
    expect(client.status()).toMatchObject({ revision: 2, source: 'network', failing: false });
    await client.close();
    const asked = requests.length;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(requests.length).toBe(asked);
  });
});

describe('signatures', () => {
  const asked = (requests: readonly Request[]): number =>
    requests.filter(({ url }) => url.endsWith('/v1/keys')).length;

  it('are checked by the keys that the edge tells once', async () => {
    const { client, requests, edge } = open();
    await client.ready();
    edge.plan = plan(2);
    await client.refresh();
    expect(client.status().revision).toBe(2);
    expect(asked(requests)).toBe(1);
    await client.close();
  });

  it('by a stranger are refused, and the last good plan stays', async () => {
    const { client, edge } = open();
    await client.ready();
    edge.plan = plan(2, { ...createSigningKey(), id: signingKey.id });
    await client.refresh();
    expect(client.status()).toMatchObject({ revision: 1, failing: true });
    expect(client.getNumber('count', 0, {})).toBe(7);
    await client.close();
  });

  it('by a key that takes the place of another are taken, after asking again', async () => {
    const { client, requests, edge } = open();
    await client.ready();
    const next = createSigningKey();
    edge.keys = () => keysAnswer(signingKey, next);
    edge.plan = plan(2, next);
    await client.refresh();
    expect(client.status()).toMatchObject({ revision: 2, failing: false });
    expect(asked(requests)).toBe(2);
    await client.close();
  });

  it('are waited for while the edge does not tell its keys', async () => {
    const { client, edge } = open();
    edge.keys = () => new Response('', { status: 503 });
    await client.ready();
    expect(client.status()).toMatchObject({ source: 'none', failing: true });
    edge.keys = () => keysAnswer(signingKey);
    await client.refresh();
    expect(client.status()).toMatchObject({ revision: 1, failing: false });
    await client.close();
  });

  it('are checked by the given keys alone, or not at all', async () => {
    const pinned = open({ publicKeys: [createSigningKey().publicKey] });
    await pinned.client.ready();
    expect(pinned.client.status()).toMatchObject({ source: 'none', failing: true });
    const trusting = open({ publicKeys: false });
    trusting.edge.plan = plan(1, createSigningKey());
    await trusting.client.ready();
    expect(trusting.client.status()).toMatchObject({ revision: 1, failing: false });
    expect([...pinned.requests, ...trusting.requests].map(({ url }) => url)).not.toContain(
      'https://edge.test/v1/keys',
    );
    await pinned.client.close();
    await trusting.client.close();
  });
});
