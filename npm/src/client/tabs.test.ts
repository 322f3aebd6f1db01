import { afterEach, describe, expect, it, vi } from 'vitest';
import { always, experiment, publish } from '../test/plans.ts';
import { createWorld, settle, type World } from '../test/world.ts';

// Several pages over one storage, and pages whose storage or network is away for long.

afterEach(() => {
  vi.useRealTimers();
});

const open = async (): Promise<World> => {
  const world = createWorld();
  world.serve(publish({ flags: { test: experiment('A', 'B', 100), plain: always(true) } }));
  return world;
};
const names = (world: World): unknown[] => world.received().map(({ name }) => name);
const stored = async (world: World): Promise<number> =>
  (await world.storage.keys('pennon:event:')).length;

describe('two pages of one origin', () => {
  it('share one outbox: one sends for both, and each event leaves once', async () => {
    const world = await open();
    const first = world.visit();
    const second = world.visit();
    await settle();
    first.track('by the first');
    second.track('by the second');
    await settle();
    await second.flush();
    expect(names(world).sort()).toEqual(['by the first', 'by the second']);
    await first.flush();
    await world.pass(20_000);
    expect(names(world)).toHaveLength(2);
    expect(await stored(world)).toBe(0);
  });

  it('take turns: who may not send now tries again later', async () => {
    const world = await open();
    const client = world.visit();
    await settle();
    world.page.isAway = true;
    client.track('waiting');
    await world.pass(12_000);
    expect(world.batches).toEqual([]);
    world.page.isAway = false;
    await world.pass(6_000);
    expect(names(world)).toEqual(['waiting']);
  });

  it('leave nothing behind: the one that is looked at takes over from one that crashed', async () => {
    const world = await open();
    world.visit();
    await settle();
    const crashed = world.visit({ fetch: () => new Promise(() => {}) });
    await settle();
    crashed.track('last words');
    await settle();
    expect(await stored(world)).toBe(1);
    world.page.show();
    await settle();
    expect(names(world)).toEqual(['last words']);
  });

  it('of two environments do not take each other’s events', async () => {
    const world = await open();
    const other = world.visit({ key: 'pk_env_other_1', fetch: () => new Promise(() => {}) });
    other.track('elsewhere');
    await settle();
    const client = world.visit();
    await settle();
    await client.flush();
    expect(world.received()).toEqual([]);
    expect(await stored(world)).toBe(1);
  });

  it('do not send what anybody else has written there', async () => {
    const world = await open();
    const client = world.visit();
    await settle();
    client.track('mine');
    await settle();
    const [key = ''] = await world.storage.keys('pennon:event:');
    const prefix = key.slice(0, key.lastIndexOf(':') + 1);
    await world.storage.set(`${prefix}rubbish`, { id: 'another' });
    await world.storage.set(`${prefix}text`, 'text');
    await client.flush();
    expect(names(world)).toEqual(['mine']);
  });
});

describe('a storage that is full', () => {
  it('leaves events in memory, from where they are sent', async () => {
    const world = await open();
    const client = world.visit({
      storage: {
        ...world.storage,
        set: async () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      },
    });
    await settle();
    client.track('kept in memory');
    await client.flush();
    expect(names(world)).toEqual(['kept in memory']);
  });

  it('counts what is given up, and tells the edge when it can', async () => {
    const world = await open();
    world.events = Response.error();
    const client = world.visit({
      storage: {
        ...world.storage,
        set: async () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      },
    });
    await settle();
    for (let i = 0; i < 1_003; i += 1) client.track(`event ${i}`);
    expect(client.status().dropped).toBe(3);
    world.events = new Response('{}');
    await world.pass(600_000);
    expect(world.batches.find(({ dropped }) => dropped)?.dropped).toBe(3);
    expect(new Set(names(world)).size).toBeGreaterThanOrEqual(1_000);
  });
});

describe('days without a network', () => {
  it('lose nothing for a week, and then what is older, which is counted', async () => {
    const world = await open();
    world.events = () => Promise.reject(new TypeError('no network'));
    const client = world.visit();
    await settle();
    client.track('on Monday');
    await settle();
    world.setClock(Date.now() + 3 * 86_400_000);
    client.track('on Thursday');
    await world.pass(60_000);
    world.setClock(Date.now() + 5 * 86_400_000);
    world.batches.length = 0;
    world.events = new Response('{}');
    await world.pass(600_000);
    const delivered = world.batches.filter(({ events }) => events.length);
    expect(delivered.at(-1)?.events.map(({ name }) => name)).toEqual(['on Thursday']);
    expect(client.status().dropped).toBe(1);
  });
});

describe('dimensions', () => {
  it('are the only attributes that exposures carry', async () => {
    const world = await open();
    const client = world.visit({
      context: { units: { user: 'u1' }, attributes: { plan: 'pro', secret: 'planted' } },
      dimensions: ['plan', 'country'],
    });
    await client.ready();
    client.getString('test', '');
    client.track('bought');
    await client.flush();
    expect(world.received()[0]?.properties).toEqual({ plan: 'pro' });
    expect(JSON.stringify(world.batches)).not.toContain('planted');
  });
});
