import { afterEach, describe, expect, it, vi } from 'vitest';
import { always, experiment, publish } from '../test/plans.ts';
import { createWorld, KEY, settle } from '../test/world.ts';
import type { Context, Json } from '../types.ts';

// Whatever goes wrong, the application never sees a throw, gets its default with a reason, and the client recovers.

afterEach(() => {
  vi.useRealTimers();
});

const attributes = { country: { type: 'string', known_at: 'client', class: 'public' } };
const targeted = always('everybody', {
  variants: { only: 'everybody', se: 'Swedes' },
  rules: [
    { id: 'r1', when: { attribute: 'country', op: 'eq', value: 'SE' }, outcome: { variant: 'se' } },
  ],
});
const flags = { targeted, test: experiment('A', 'B', 100), on: always(true) };
const good = (revision = 1): Uint8Array<ArrayBuffer> => publish({ flags, attributes, revision });

describe('a strange context', () => {
  const strange: Readonly<Record<string, unknown>> = {
    'wrong types': { units: { user: 'u1' }, attributes: { country: { deep: [1, { a: null }] } } },
    'a NaN': { units: { user: 'u1' }, attributes: { country: Number.NaN } },
    'an infinity': { units: { user: 'u1' }, attributes: { country: Number.POSITIVE_INFINITY } },
    'a text of 1 MB': { units: { user: 'u1' }, attributes: { country: 'S'.repeat(1_000_000) } },
    '10 000 attributes': {
      units: { user: 'u1' },
      attributes: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`a${i}`, `v${i}`])),
    },
    'a lone surrogate': { units: { user: '\ud800' }, attributes: { country: '\udfff' } },
    'functions and symbols': {
      units: { user: 'u1' },
      attributes: { country: () => 'SE', other: Symbol('x'), big: 10n },
    },
    'parts of wrong types': { units: 'u1', attributes: 5, groups: [] },
    'nothing at all': {},
    null: null,
    undefined: undefined,
    'a text': 'u1',
  };

  for (const [name, context] of Object.entries(strange))
    it(`is no trouble: ${name}`, async () => {
      const world = createWorld();
      world.serve(good());
      const client = world.visit();
      await client.ready();
      client.setContext(context as Context);
      expect(client.getString('targeted', 'default')).toBe('everybody');
      expect(['A', 'default']).toContain(client.getString('test', 'default'));
      client.setContext({ units: { user: 'u1' }, attributes: { country: 'SE' } });
      expect(client.getString('targeted', 'default')).toBe('Swedes');
      expect(client.getString('test', 'default')).toBe('A');
    });

  it('is no trouble: getters that throw', async () => {
    const world = createWorld();
    world.serve(good());
    const client = world.visit();
    await client.ready();
    const hostile = {
      units: { user: 'u1' },
      get attributes(): Record<string, Json> {
        throw new Error('gotcha');
      },
    };
    client.setContext(hostile);
    expect(typeof client.getString('targeted', 'default')).toBe('string');
    client.setContext({ attributes: { country: 'SE' } });
    expect(client.getString('targeted', 'default')).toBe('Swedes');
  });

  it('without the unit id gives the default and TARGETING_KEY_MISSING', async () => {
    const world = createWorld();
    world.serve(good());
    const client = world.visit({ context: {} });
    await client.ready();
    expect(client.getDetails('test', 'default')).toMatchObject({
      value: 'default',
      reason: 'ERROR',
      errorCode: 'TARGETING_KEY_MISSING',
    });
    expect(client.getString('targeted', 'default')).toBe('everybody');
  });

  for (const user of [true, 1.5, [], {}] as unknown as string[])
    it(`with ${JSON.stringify(user)} for a unit id gives the default and INVALID_CONTEXT`, async () => {
      const world = createWorld();
      world.serve(good());
      const client = world.visit({ context: { units: { user } } });
      await client.ready();
      expect(client.getDetails('test', 'default')).toMatchObject({
        value: 'default',
        reason: 'ERROR',
        errorCode: 'INVALID_CONTEXT',
      });
    });

  it('may have an integer for a unit id', async () => {
    const world = createWorld();
    world.serve(good());
    const client = world.visit({ context: { units: { user: 17 } } });
    await client.ready();
    expect(client.getString('test', 'default')).toBe('A');
    await client.flush();
    expect(world.received()[0]?.units.user).toBe('17');
  });
});

describe('an unknown flag', () => {
  for (const key of ['nowhere', '', '__proto__', 'constructor', 'x'.repeat(100_000)])
    it(`gives the default and FLAG_NOT_FOUND: ${key.slice(0, 20)}`, async () => {
      const world = createWorld();
      world.serve(good());
      const client = world.visit();
      await client.ready();
      expect(client.getBoolean(key, true)).toBe(true);
      expect(client.getDetails(key, 'default')).toMatchObject({
        value: 'default',
        reason: 'ERROR',
        errorCode: 'FLAG_NOT_FOUND',
      });
    });
});

describe('a network that never answers', () => {
  it('leaves the defaults, lets `ready` settle, and is no longer a problem once it answers', async () => {
    const world = createWorld();
    world.config = () => new Promise(() => {});
    const client = world.visit({ context: {} });
    let isReady = false;
    void client.ready().then(() => {
      isReady = true;
    });
    await world.pass(6_000);
    expect(isReady).toBe(true);
    expect(client.getDetails('on', false)).toMatchObject({
      value: false,
      errorCode: 'PROVIDER_NOT_READY',
    });
    world.serve(good());
    await world.pass(120_000);
    expect(client.getBoolean('on', false)).toBe(true);
  });

  it('is the same when fetch itself throws', async () => {
    const world = createWorld();
    const client = world.visit({
      fetch: () => {
        throw new Error('blocked by an extension');
      },
    });
    await client.ready();
    client.track('something');
    await client.flush();
    expect(client.getBoolean('on', true)).toBe(true);
    expect(client.status().failing).toBe(true);
  });
});

describe('a storage that is full or blocked', () => {
  const refuse = (): Promise<never> =>
    Promise.reject(new DOMException('full', 'QuotaExceededError'));

  it('costs nothing but the memory of the next visit', async () => {
    const world = createWorld();
    world.serve(good());
    const client = world.visit({ storage: { get: refuse, set: refuse, keys: refuse } });
    await client.ready();
    expect(client.getString('test', '')).toBe('A');
    client.track('something');
    await client.flush();
    expect(world.received().map(({ type }) => type)).toEqual(['exposure', 'track']);
    expect(world.warnings).toContain('storage');
  });

  it('is no trouble either when it throws at once', async () => {
    const world = createWorld();
    world.serve(good());
    const throwing = (): never => {
      throw new DOMException('denied', 'SecurityError');
    };
    const client = world.visit({ storage: { get: throwing, set: throwing, keys: throwing } });
    await client.ready();
    expect(client.getString('test', '')).toBe('A');
    await client.flush();
    expect(world.received()).toHaveLength(1);
  });

  for (const rubbish of ['no plan', 5, {}, { length: 9 }, [null], true])
    it(`is no trouble when it holds rubbish: ${JSON.stringify(rubbish)}`, async () => {
      const world = createWorld();
      await world.storage.set(`pennon:plan:${KEY}`, rubbish);
      world.serve(good());
      const client = world.visit();
      await client.ready();
      await settle();
      expect(client.getBoolean('on', false)).toBe(true);
    });
});

describe('an endpoint that answers', () => {
  const truncated = good(3).slice(0, 150);
  const flipped = good(3);
  flipped[flipped.length - 1] = 255 - (flipped.at(-1) ?? 0);
  const foreign = publish({ flags, attributes, revision: 3, environment: 'env_other' });
  const newer = good(3);
  newer.set(new TextEncoder().encode('PNV2'));
  const answers: Readonly<Record<string, () => Response>> = {
    HTML: () => new Response('<!doctype html><title>Login</title>', { status: 200 }),
    nothing: () => new Response('', { status: 200 }),
    '500': () => new Response('oops', { status: 500 }),
    '401': () => Response.json({ error: { code: 'key_revoked', message: '' } }, { status: 401 }),
    'truncated bytes': () => new Response(truncated),
    'damaged bytes': () => new Response(flipped),
    'an older revision': () => new Response(good(1)),
    "another environment's plan": () => new Response(foreign),
    'an envelope of a later format': () => new Response(newer),
    'a body that breaks off': () =>
      new Response(
        new ReadableStream({ start: (controller) => controller.error(new Error('gone')) }),
      ),
  };

  for (const [name, answer] of Object.entries(answers))
    it(`with ${name} is refused, and the last good plan stays`, async () => {
      const world = createWorld();
      world.serve(good(2));
      const client = world.visit();
      await client.ready();
      world.config = answer;
      await client.refresh();
      expect(client.getString('test', 'default')).toBe('A');
      expect(client.status()).toMatchObject({ revision: 2, failing: true });
      world.serve(good(4));
      await world.pass(120_000);
      expect(client.status()).toMatchObject({ revision: 4, failing: false });
    });
});

describe('a clock that jumps', () => {
  const YEAR_MS = 366 * 86_400_000;

  for (const [name, jumpMs] of [
    ['forward', YEAR_MS],
    ['back', -YEAR_MS],
    ['before 1970', -100 * YEAR_MS],
  ] as const)
    it(`${name} is no trouble, and what it spoilt comes back by itself`, async () => {
      const world = createWorld();
      world.serve(good());
      const client = world.visit();
      await client.ready();
      const before = Date.now();
      world.setClock(before + jumpMs);
      expect(client.getString('test', 'default')).toBe('A');
      client.track('during');
      await world.pass(60_000);
      world.setClock(before + 60_000);
      client.track('after');
      world.serve(good(2));
      await world.pass(60_000);
      expect(client.status()).toMatchObject({ revision: 2, stale: false, failing: false });
      expect(world.received().map(({ type, name: of }) => of ?? type)).toEqual([
        'exposure',
        'during',
        'after',
      ]);
    });
});

describe('code of the application that throws', () => {
  it('does not keep others from hearing', async () => {
    const world = createWorld();
    world.serve(good());
    const client = world.visit({
      logger: () => {
        throw new Error('logger');
      },
    });
    const listener = vi.fn();
    client.subscribe(() => {
      throw new Error('listener');
    });
    client.subscribe(listener);
    await client.ready();
    await settle();
    expect(listener).toHaveBeenCalled();
    expect(client.getBoolean('on', false)).toBe(true);
  });
});

describe('a mistake in the set-up', () => {
  for (const options of [
    { endpoint: '' },
    { key: '' },
    { key: 5 as unknown as string },
    { key: 'sk_env_test_secret' },
  ])
    it(`is a FlagError: ${JSON.stringify(options)}`, () => {
      expect(() => createWorld().visit(options)).toThrow(
        expect.objectContaining({ name: 'FlagError', code: 'INVALID_OPTIONS' }),
      );
    });
});
