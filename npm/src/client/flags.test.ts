import { afterEach, describe, expect, it, vi } from 'vitest';
import { always, experiment, publish } from '../test/plans.ts';
import { createWorld, settle } from '../test/world.ts';

// What an application reads, from the bootstrap, from the stored plan and from the network.

afterEach(() => {
  vi.useRealTimers();
});

const flags = {
  bool: always(true),
  text: always('hello'),
  count: always(7),
  theme: always({ colour: 'red', sizes: [1, 2] }),
};

describe('the four types', () => {
  it('are read from the published plan', async () => {
    const world = createWorld();
    world.serve(publish({ flags }));
    const client = world.visit();
    await client.ready();
    expect(client.getBoolean('bool', false)).toBe(true);
    expect(client.getString('text', '')).toBe('hello');
    expect(client.getNumber('count', 0)).toBe(7);
    expect(client.getObject('theme', {})).toEqual({ colour: 'red', sizes: [1, 2] });
    expect(client.getDetails('bool', false)).toMatchObject({
      value: true,
      variant: 'only',
      reason: 'STATIC',
      revision: 1,
    });
  });

  it('answer the default when another type is asked for', async () => {
    const world = createWorld();
    world.serve(publish({ flags }));
    const client = world.visit();
    await client.ready();
    expect(client.getBoolean('text', false)).toBe(false);
    expect(client.getString('count', 'none')).toBe('none');
    expect(client.getNumber('bool', 3)).toBe(3);
    expect(client.getObject('text', { a: 1 })).toEqual({ a: 1 });
    const { variant, ...details } = client.getDetails('text', 5);
    expect(variant).toBeUndefined();
    expect(details).toMatchObject({
      value: 5,
      reason: 'ERROR',
      errorCode: 'TYPE_MISMATCH',
    });
  });
});

describe('before there is a plan', () => {
  it('answers defaults with PROVIDER_NOT_READY', () => {
    const client = createWorld().visit();
    expect(client.getBoolean('bool', true)).toBe(true);
    expect(client.getDetails('bool', true)).toMatchObject({
      value: true,
      reason: 'ERROR',
      errorCode: 'PROVIDER_NOT_READY',
    });
  });

  it('answers bootstrapped values at once, and follows the plan later', async () => {
    const world = createWorld();
    const client = world.visit({ bootstrap: { values: { bool: false, text: 'from server' } } });
    expect(client.getBoolean('bool', true)).toBe(false);
    expect(client.getDetails('text', '')).toMatchObject({ value: 'from server', reason: 'STATIC' });
    await client.ready();
    world.serve(publish({ flags }));
    await client.refresh();
    expect(client.getBoolean('bool', false)).toBe(true);
  });

  it('answers from a bootstrapped plan at once where the wasm is at hand', () => {
    const client = createWorld().visit({ bootstrap: { plan: publish({ flags }) } });
    expect(client.getString('text', '')).toBe('hello');
    expect(client.status()).toMatchObject({ source: 'bootstrap', revision: 1, engine: 'wasm' });
  });
});

describe('the stored plan', () => {
  it('answers on the next visit without a network', async () => {
    const world = createWorld();
    world.serve(publish({ flags, revision: 4 }));
    await world.visit().ready();
    await settle();
    world.config = Response.error();
    const client = world.visit();
    await client.ready();
    expect(client.getString('text', '')).toBe('hello');
    expect(client.status()).toMatchObject({ source: 'cache', revision: 4 });
  });
});

describe('the context', () => {
  const targeted = always('everybody', {
    variants: { only: 'everybody', se: 'Swedes' },
    rules: [
      {
        id: 'r1',
        when: { attribute: 'country', op: 'eq', value: 'SE' },
        outcome: { variant: 'se' },
      },
    ],
  });

  it('decides again when it is replaced, and tells which flags changed', async () => {
    const world = createWorld();
    const attributes = { country: { type: 'string', known_at: 'client', class: 'public' } };
    world.serve(publish({ flags: { targeted, ...flags }, attributes }));
    const client = world.visit();
    await client.ready();
    const changes: (readonly string[])[] = [];
    client.subscribe((changed) => changes.push(changed));
    expect(client.getString('targeted', '')).toBe('everybody');
    expect(client.getString('text', '')).toBe('hello');
    client.setContext({ units: { user: 'u1' }, attributes: { country: 'SE' } });
    expect(client.getDetails('targeted', '')).toMatchObject({
      value: 'Swedes',
      reason: 'TARGETING_MATCH',
      rule: 'r1',
    });
    expect(changes).toEqual([['targeted']]);
  });

  it('gives everybody a lasting device id', async () => {
    const world = createWorld();
    const first = world.visit().context().units?.device;
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(world.page.cookie).toBe(first);
    expect(world.visit().context().units?.device).toBe(first);
    expect(world.visit({ context: { units: { device: 'mine' } } }).context().units?.device).toBe(
      'mine',
    );
  });
});

describe('an open page', () => {
  it('follows published changes, but keeps what an experiment drew', async () => {
    const world = createWorld();
    world.serve(publish({ flags: { copy: always('old'), test: experiment('A', 'B', 100) } }));
    const client = world.visit();
    await client.ready();
    expect(client.getString('copy', '')).toBe('old');
    expect(client.getString('test', '')).toBe('A');
    const next = { copy: always('new'), test: experiment('A', 'B', 0) };
    world.serve(publish({ flags: next, revision: 2 }));
    await client.refresh();
    expect(client.getString('copy', '')).toBe('new');
    expect(client.getString('test', '')).toBe('A');
    expect(client.getString('test', '', { live: true })).toBe('B');
    client.setContext({ units: { user: 'u1' } });
    expect(client.getString('test', '')).toBe('B');
  });

  it('lets go of a drawn variant when the flag is killed', async () => {
    const world = createWorld();
    world.serve(publish({ flags: { test: experiment('A', 'B', 100) } }));
    const client = world.visit();
    await client.ready();
    expect(client.getString('test', '')).toBe('A');
    const killed = { test: experiment('A', 'B', 100, { killed: true }) };
    world.serve(publish({ flags: killed, revision: 2 }));
    await client.refresh();
    expect(client.getDetails('test', '')).toMatchObject({
      value: 'B',
      reason: 'DISABLED',
      detail: 'killed',
    });
  });

  it('keeps anything that a reader holds, except for readers who want it live', async () => {
    const world = createWorld();
    world.serve(publish({ flags: { copy: always('old') } }));
    const client = world.visit();
    await client.ready();
    expect(client.getString('copy', '', { hold: true })).toBe('old');
    world.serve(publish({ flags: { copy: always('new') }, revision: 2 }));
    await client.refresh();
    expect(client.getString('copy', '')).toBe('old');
    expect(client.getString('copy', '', { live: true })).toBe('new');
  });
});

describe('overrides', () => {
  it('replace the decision until they end, and are never counted', async () => {
    const world = createWorld();
    world.serve(publish({ flags: { test: experiment('A', 'B', 100) } }));
    const client = world.visit({ overrides: { test: 'mine' } });
    await client.ready();
    expect(client.getDetails('test', '')).toMatchObject({ value: 'mine', detail: 'override' });
    await client.flush();
    expect(world.received()).toEqual([]);
    client.override('test', undefined);
    expect(client.getString('test', '')).toBe('A');
  });
});

describe('a flag whose decision is unknown here', () => {
  it('answers the default, or the last known value when it says so', async () => {
    const world = createWorld();
    const attributes = { tier: { type: 'string', known_at: 'server', class: 'public' } };
    const rules = [
      {
        id: 'r1',
        when: { attribute: 'tier', op: 'eq', value: 'gold' },
        outcome: { variant: 'only' },
      },
    ];
    const secret = always('gold', {
      variants: { only: 'gold', other: 'x' },
      rules,
      fallthrough: { variant: 'other' },
    });
    const published = { plain: secret, known: { ...secret, on_unknown: 'last-known' } };
    world.serve(publish({ flags: published, attributes }));
    const details = { value: 'gold', variant: 'only', reason: 'TARGETING_MATCH' } as const;
    const client = world.visit({ bootstrap: { details: { plain: details, known: details } } });
    await client.refresh();
    expect(client.getDetails('plain', 'default')).toMatchObject({
      value: 'default',
      reason: 'UNKNOWN',
    });
    expect(client.getDetails('known', 'default')).toMatchObject({
      value: 'gold',
      reason: 'CACHED',
    });
    client.setContext({ units: { user: 'somebody else' } });
    expect(client.getString('known', 'default')).toBe('default');
  });
});
