import { afterEach, describe, expect, it, vi } from 'vitest';
import { always, experiment, publish } from '../test/plans.ts';
import { createWorld, settle } from '../test/world.ts';

// How a page keeps up with what is published: polling, pauses, revisions, expiry.

afterEach(() => {
  vi.useRealTimers();
});

const plan = (value: string, revision: number, expiresMs = 0): Uint8Array<ArrayBuffer> =>
  publish({ flags: { copy: always(value) }, revision, expiresMs });

describe('polling', () => {
  it('asks every 30 seconds, and follows what is published', async () => {
    const world = createWorld();
    world.serve(plan('one', 1));
    const client = world.visit();
    await settle();
    expect(world.configRequests).toHaveLength(1);
    await world.pass(40_000);
    expect(world.configRequests).toHaveLength(2);
    world.serve(plan('two', 2));
    await world.pass(40_000);
    expect(client.getString('copy', '')).toBe('two');
    await client.close();
    await world.pass(300_000);
    expect(world.configRequests).toHaveLength(3);
  });

  it('leaves the ETag to the browser, so that no other origin is asked for permission first', async () => {
    const world = createWorld();
    world.serve(plan('one', 1));
    const client = world.visit();
    await client.ready();
    await client.refresh();
    for (const { cache, headers } of world.configRequests) {
      expect(cache).toBe('no-cache');
      expect([...headers.keys()]).toEqual([]);
    }
  });

  it('goes on with the stored plan while the edge has the same', async () => {
    const world = createWorld();
    world.serve(plan('one', 1));
    world.visit();
    await settle();
    const client = world.visit();
    await settle();
    expect(client.getString('copy', '')).toBe('one');
    expect(client.status()).toMatchObject({ source: 'cache', failing: false });
  });

  it('pauses while the page is hidden, and looks at once when it comes back', async () => {
    const world = createWorld();
    world.serve(plan('one', 1));
    world.visit();
    await settle();
    world.page.hide();
    await world.pass(600_000);
    expect(world.configRequests).toHaveLength(1);
    world.page.show();
    await settle();
    expect(world.configRequests).toHaveLength(2);
  });

  it('waits longer after each failure, and as long as it is told to', async () => {
    const world = createWorld();
    world.config = new Response('', { status: 500 });
    world.visit();
    await world.pass(10 * 60_000);
    const asked = world.configRequests.length;
    expect(asked).toBeGreaterThan(2);
    expect(asked).toBeLessThan(7);
    world.config = new Response('', { status: 503, headers: { 'retry-after': '290' } });
    await world.pass(6 * 60_000);
    const askedThen = world.configRequests.length;
    await world.pass(100_000);
    expect(world.configRequests.length - askedThen).toBeLessThanOrEqual(1);
  });

  it('does not poll with an interval of 0', async () => {
    const world = createWorld();
    world.serve(plan('one', 1));
    const client = world.visit({ refreshMs: 0 });
    await world.pass(600_000);
    expect(world.configRequests).toHaveLength(1);
    await client.refresh();
    expect(world.configRequests).toHaveLength(2);
  });
});

describe('revisions', () => {
  it('never go back, not even across visits', async () => {
    const world = createWorld();
    world.serve(plan('new', 5));
    const client = world.visit();
    await settle();
    world.serve(plan('old', 4));
    await client.refresh();
    expect(client.getString('copy', '')).toBe('new');
    expect(client.status()).toMatchObject({ revision: 5, failing: true });
    const next = world.visit();
    await settle();
    expect(next.getString('copy', '')).toBe('new');
    world.serve(plan('newest', 6));
    await next.refresh();
    expect(next.getString('copy', '')).toBe('newest');
    expect(next.status().failing).toBe(false);
  });
});

describe('expiry', () => {
  it('leaves the newest plan in use, and says STALE until there is another', async () => {
    const world = createWorld();
    world.serve(plan('one', 1, Date.now() + 3_600_000));
    const client = world.visit();
    await settle();
    expect(client.getDetails('copy', '')).toMatchObject({ value: 'one', reason: 'STATIC' });
    world.config = Response.error();
    await world.pass(2 * 3_600_000);
    expect(client.getDetails('copy', '')).toMatchObject({ value: 'one', reason: 'STALE' });
    expect(client.status().stale).toBe(true);
    world.serve(plan('two', 2));
    await client.refresh();
    expect(client.getDetails('copy', '')).toMatchObject({ value: 'two', reason: 'STATIC' });
    expect(client.status()).toMatchObject({ stale: false, failing: false });
  });
});

describe('expiry of what a page holds', () => {
  it('leaves the variant, says STALE meanwhile, and gives the reason back', async () => {
    const world = createWorld();
    const flags = { test: experiment('A', 'B', 100), copy: always('one') };
    world.serve(publish({ flags, expiresMs: Date.now() + 3_600_000 }));
    const client = world.visit();
    await settle();
    const seen = (key: string) => {
      const { value, reason } = client.getDetails(key, '', { hold: true });
      return [value, reason];
    };
    expect([seen('test'), seen('copy')]).toEqual([
      ['A', 'SPLIT'],
      ['one', 'STATIC'],
    ]);
    world.config = Response.error();
    await world.pass(2 * 3_600_000);
    expect([seen('test'), seen('copy')]).toEqual([
      ['A', 'STALE'],
      ['one', 'STALE'],
    ]);
    const next = { test: experiment('A', 'B', 0), copy: always('two') };
    world.serve(publish({ flags: next, revision: 2 }));
    await client.refresh();
    expect([seen('test'), seen('copy')]).toEqual([
      ['A', 'SPLIT'],
      ['one', 'STATIC'],
    ]);
  });
});

describe('the status', () => {
  it('is one object until it changes, and subscribers hear of the change', async () => {
    const world = createWorld();
    world.serve(plan('one', 1));
    const client = world.visit();
    const before = client.status();
    expect(before).toMatchObject({ source: 'none', stale: false, failing: false, dropped: 0 });
    const listener = vi.fn();
    client.subscribe(listener);
    await settle();
    const after = client.status();
    expect(after).toMatchObject({ source: 'network', revision: 1, engine: 'wasm' });
    expect(listener).toHaveBeenCalled();
    await client.refresh();
    expect(client.status()).toBe(after);
  });
});
