import { afterEach, describe, expect, it, vi } from 'vitest';
import { always, experiment, publish } from '../test/plans.ts';
import { createWorld, settle, type World } from '../test/world.ts';
import type { Context, FlagValue } from '../types.ts';

// What must not stop the outbox, and what it must not keep.

afterEach(() => {
  vi.useRealTimers();
});

const flags = { test: experiment('A', 'B', 100), plain: always(true) };

const open = async (options: Parameters<World['visit']>[0] = {}) => {
  const world = createWorld();
  world.serve(publish({ flags, revision: 9 }));
  const client = world.visit(options);
  await client.ready();
  return { world, client };
};
const names = (world: World): unknown[] => world.received().map(({ name }) => name);
const stored = (world: World) => world.storage.keys('pennon:event:');
const unavailable = (): Response => new Response('', { status: 503 });
const offline = (): Promise<Response> => Promise.reject(new TypeError('no network'));

const circular: Record<string, unknown> = {};
circular.self = circular;
const unspeakable = { circular, 'a BigInt': 10n } as unknown as Record<string, FlagValue>;

describe('what is no JSON', () => {
  for (const [name, value] of Object.entries(unspeakable)) {
    it(`is dropped, reported and counted, and stops no other event: ${name}`, async () => {
      const { world, client } = await open();
      client.track('bad', { properties: { value } });
      expect(client.status().dropped).toBe(1);
      expect(world.warnings).toEqual(['dropped']);
      for (let i = 0; i < 5; i += 1) client.track('good');
      await client.flush();
      await client.close();
      expect(names(world)).toEqual(Array(5).fill('good'));
      expect(world.batches[0]?.dropped).toBe(1);
    });

    it(`may be a dimension, whose exposure is dropped: ${name}`, async () => {
      const attributes = { value } as NonNullable<Context['attributes']>;
      const { world, client } = await open({
        dimensions: ['value'],
        context: { units: { user: 'u1' }, attributes },
      });
      expect(client.getString('test', '')).toBe('A');
      client.track('good');
      await client.flush();
      expect(names(world)).toEqual(['good']);
      expect(client.status().dropped).toBe(1);
    });

    it(`may be an override, which never equals another: ${name}`, async () => {
      const { client } = await open({ overrides: { plain: value } });
      expect(client.getBoolean('plain', false)).toBe(false);
      client.override('plain', circular as unknown as FlagValue);
      expect(client.getObject('plain', {})).toBe(circular);
    });
  }

  it('stays as it was when it happened', async () => {
    const { world, client } = await open();
    const properties = { step: 1 };
    client.track('something', { properties });
    properties.step = 2;
    await client.flush();
    expect(world.received()[0]?.properties).toEqual({ step: 1 });
  });
});

it('an attempt that fails in an unforeseen way does not end delivery', async () => {
  const { world, client } = await open();
  const { alone } = world.page;
  world.page.alone = () => Promise.reject(new Error('no locks'));
  client.track('something');
  await client.flush();
  expect(world.warnings).toEqual(['flush']);
  world.page.alone = alone;
  await client.flush();
  expect(names(world)).toEqual(['something']);
});

it('a client that is closed and started at once goes on sending', async () => {
  const { world, client } = await open();
  world.events = unavailable();
  client.track('something');
  const closing = client.close();
  client.start();
  await closing;
  world.events = new Response('{}');
  world.batches.length = 0;
  await world.pass(60_000);
  expect(names(world)).toEqual(['something']);
});

describe('somebody who opts out', () => {
  const leaveEvent = async () => {
    const { world, client } = await open();
    world.events = unavailable();
    client.track('earlier');
    await client.flush();
    await client.close();
    world.events = new Response('{}');
    world.batches.length = 0;
    expect(await stored(world)).toHaveLength(1);
    return world;
  };
  const ways = {
    'before the outbox has looked at what earlier visits left': (world: World) => {
      const client = world.visit();
      client.optOut();
      return client;
    },
    'and starts a visit like that': (world: World) => {
      world.page.cookie = 'out';
      return world.visit();
    },
    'and withdraws consent': (world: World) => {
      const client = world.visit();
      client.setConsent(false);
      return client;
    },
  };
  for (const [name, optOut] of Object.entries(ways))
    it(`leaves no event ${name}`, async () => {
      const world = await leaveEvent();
      const client = optOut(world);
      await settle();
      expect(await stored(world)).toEqual([]);
      client.setConsent(true);
      client.optIn();
      client.track('later');
      await world.pass(20_000);
      await client.flush();
      expect(names(world)).toEqual(['later']);
    });
});

describe('what was given up', () => {
  it('does not pile up while there is no network', async () => {
    const { world, client } = await open();
    world.events = offline;
    for (let i = 0; i < 1_000; i += 1) client.track('event');
    for (let i = 0; i < 25; i += 1) {
      client.track('one too many');
      // Closing ends the pause that a failure brings.
      await client.close();
      client.start();
    }
    expect(client.status().dropped).toBe(25);
    // One that may have arrived, and one that collects.
    expect(await stored(world)).toHaveLength(1_002);
  });

  it('does not keep events from leaving while batch after batch is refused', async () => {
    const { world, client } = await open();
    world.events = () => new Response('', { status: 400 });
    for (let i = 0; i < 30; i += 1) {
      client.track('bad');
      await client.flush();
    }
    world.events = new Response('{}');
    client.track('good');
    await client.flush();
    client.track('better');
    await client.flush();
    expect(names(world).slice(-2)).toEqual(['good', 'better']);
    expect(world.batches.slice(-2).reduce((sum, { dropped = 0 }) => sum + dropped, 0)).toBe(30);
    expect(await stored(world)).toEqual([]);
  });

  it('is told under the same batch id after a reload, so that the edge counts it once', async () => {
    const { world, client } = await open();
    world.events = new Response('', { status: 400 });
    client.track('bad');
    await client.flush();
    world.batches.length = 0;
    world.events = offline;
    client.track('something');
    await client.flush();
    await client.close();
    const next = world.visit();
    await next.ready();
    world.events = new Response('{}');
    next.track('more');
    await next.flush();
    expect(world.batches.map(({ dropped }) => dropped)).toEqual([1, 1]);
    expect(new Set(world.batches.map(({ id }) => id)).size).toBe(1);
  });

  it('by a page is not added to what another page has told', async () => {
    const { world, client } = await open();
    world.events = () => new Response('', { status: 400 });
    client.track('bad');
    await client.flush();
    world.events = new Response('{}');
    const other = world.visit();
    await settle();
    other.track('good');
    await other.flush();
    world.events = () => new Response('', { status: 400 });
    client.track('bad again');
    await client.flush();
    world.events = new Response('{}');
    client.track('better');
    await client.flush();
    const told = world.batches.filter(({ dropped }) => dropped);
    expect(told.map(({ dropped }) => dropped)).toEqual([1, 1]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });
});
