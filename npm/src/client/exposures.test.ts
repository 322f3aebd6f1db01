import { afterEach, describe, expect, it, vi } from 'vitest';
import { always, experiment, publish } from '../test/plans.ts';
import { createWorld, settle, type World } from '../test/world.ts';

// What is counted, when it is sent, and that it is neither lost nor told before it may.

afterEach(() => {
  vi.useRealTimers();
});

const flags = {
  test: experiment('A', 'B', 100),
  other: experiment(1, 2, 100),
  plain: always(true),
};

const open = async (options: Parameters<World['visit']>[0] = {}) => {
  const world = createWorld();
  world.serve(publish({ flags, revision: 9 }));
  const client = world.visit(options);
  await client.ready();
  return { world, client };
};

const exposed = (world: World): unknown[] =>
  world
    .received()
    .filter(({ type }) => type === 'exposure')
    .map(({ flag }) => flag);

describe('an exposure', () => {
  it('is counted when the flag is read, not when it is decided, and once', async () => {
    const { world, client } = await open();
    await world.pass(10_000);
    expect(world.batches).toEqual([]);
    for (let i = 0; i < 5; i += 1) client.getString('test', '');
    client.getDetails('test', '');
    client.getDetails('nowhere', '');
    await world.pass(10_000);
    expect(world.batches).toHaveLength(1);
    expect(world.batches[0]).toMatchObject({
      client: expect.stringMatching(/^pennon-js\/\d+\.\d+\.\d+$/),
      events: [
        {
          type: 'exposure',
          flag: 'test',
          variant: 'a',
          revision: 9,
          reason: 'SPLIT',
          units: { user: 'u1', device: client.context().units?.device },
        },
      ],
    });
  });

  it('is not counted for a quiet reader', async () => {
    const { world, client } = await open();
    expect(client.getString('test', '', { quiet: true })).toBe('A');
    await client.flush();
    expect(world.batches).toEqual([]);
    client.getString('test', '');
    await client.flush();
    expect(exposed(world)).toEqual(['test']);
  });

  it('is counted again for another unit and for another variant', async () => {
    const { world, client } = await open();
    client.getString('test', '');
    client.setContext({ units: { user: 'u2' } });
    client.getString('test', '');
    client.setContext({ units: { user: 'u1' } });
    client.getString('test', '');
    world.serve(publish({ flags: { test: experiment('A', 'B', 0) }, revision: 10 }));
    await client.refresh();
    client.getString('test', '', { live: true });
    await client.flush();
    expect(world.received().map(({ units, variant }) => [units.user, variant])).toEqual([
      ['u1', 'a'],
      ['u2', 'a'],
      ['u1', 'b'],
    ]);
  });

  it('is not sent again after a reload in the same session', async () => {
    const { world, client } = await open();
    client.getString('test', '');
    await client.close();
    const next = world.visit();
    await next.ready();
    next.getString('test', '');
    next.getNumber('other', 0);
    await next.flush();
    expect(exposed(world)).toEqual(['test', 'other']);
  });

  it('of a server-made decision is counted when the page reads it', async () => {
    const world = createWorld();
    const details = {
      value: 'A',
      variant: 'a',
      reason: 'SPLIT',
      rule: 'r1',
      exposure: true,
    } as const;
    const client = world.visit({ bootstrap: { details: { test: details } } });
    expect(client.getString('test', '')).toBe('A');
    await client.flush();
    expect(world.received()).toMatchObject([{ flag: 'test', variant: 'a', rule: 'r1' }]);
  });
});

describe('a batch', () => {
  it('leaves with the 20th event', async () => {
    const { world, client } = await open();
    for (let i = 0; i < 19; i += 1) client.track(`event ${i}`);
    await settle();
    expect(world.batches).toEqual([]);
    client.track('event 19', { value: 2.5, properties: { plan: 'pro' } });
    await settle();
    expect(world.batches).toHaveLength(1);
    expect(world.batches[0]?.events).toHaveLength(20);
    expect(world.batches[0]?.events[19]).toMatchObject({
      type: 'track',
      name: 'event 19',
      value: 2.5,
      properties: { plan: 'pro' },
      at: Date.now(),
    });
  });

  it('is simple for CORS and carries version 7 ids', async () => {
    const requests: Request[] = [];
    const { client } = await open({
      fetch: async (input, init) => {
        requests.push(new Request(input as string, init as RequestInit));
        return new Response('{}');
      },
    });
    client.track('something');
    await client.flush();
    const request = requests.find(({ method }) => method === 'POST') as Request;
    expect(request.url).toMatch(/^https:\/\/edge\.test\/v1\/events\?key=pk_env_test_/);
    expect([...request.headers.keys()]).toEqual(['content-type']);
    expect(request.headers.get('content-type')).toMatch(/^text\/plain/);
    const { id } = (await request.json()) as { id: string };
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('keeps its id and its events while it is tried again, with growing pauses', async () => {
    const { world, client } = await open();
    world.events = Response.error();
    client.track('first');
    await world.pass(60_000);
    const tries = world.batches.length;
    expect(tries).toBeGreaterThan(2);
    expect(tries).toBeLessThan(8);
    client.track('second');
    world.events = new Response('{}');
    await world.pass(300_000);
    const delivered = world.batches.slice(tries);
    expect(delivered.map(({ events }) => events.map(({ name }) => name))).toEqual([
      ['first'],
      ['second'],
    ]);
    expect(new Set(world.batches.slice(0, tries + 1).map(({ id }) => id)).size).toBe(1);
    expect(delivered[0]?.sent_at).toBeGreaterThan(world.batches[0]?.sent_at ?? 0);
  });

  for (const status of [429, 503])
    it(`waits as long as Retry-After says: ${status}`, async () => {
      const { world, client } = await open();
      world.events = new Response('', { status, headers: { 'retry-after': '1200' } });
      client.track('something');
      await world.pass(10_000);
      expect(world.batches).toHaveLength(1);
      world.events = new Response('{}');
      for (let i = 0; i < 30; i += 1) client.track(`more ${i}`);
      await client.flush();
      await world.pass(1_150_000);
      expect(world.batches).toHaveLength(1);
      await world.pass(60_000);
      expect(world.received().length).toBe(32);
    });

  it('that is refused for ever is dropped and counted, and the count is told', async () => {
    const { world, client } = await open();
    world.events = Response.json({ error: { code: 'bad', message: '' } }, { status: 400 });
    client.track('poison');
    await client.flush();
    expect(client.status().dropped).toBe(1);
    world.events = new Response('{}');
    client.track('good');
    await client.flush();
    client.track('better');
    await client.flush();
    expect(world.batches.map(({ dropped }) => dropped)).toEqual([undefined, 1, undefined]);
    expect(client.status().dropped).toBe(1);
  });

  it('that is too large is halved, and only an event too large alone is dropped', async () => {
    const { world, client } = await open();
    world.events = () =>
      new Response('', {
        status: world.batches.at(-1)?.events.some(({ name }) => name === 'huge') ? 413 : 200,
      });
    for (const name of ['a', 'b', 'huge', 'c']) client.track(name);
    await client.flush();
    const last = new Map(
      world.batches.flatMap(({ events }, i) => events.map(({ name }) => [name, i])),
    );
    expect([...last.keys()].sort()).toEqual(['a', 'b', 'c', 'huge']);
    expect(client.status().dropped).toBe(1);
    // The loss is told with the next event.
    expect(world.batches.at(-1)).toMatchObject({ dropped: 1, events: [{ name: 'c' }] });
    await settle();
    expect(await world.storage.keys('pennon:event:')).toEqual([]);
  });

  it('waits for the next visit when the key is refused', async () => {
    const { world, client } = await open();
    world.events = new Response('', { status: 403 });
    client.track('something');
    await client.flush();
    await world.pass(600_000);
    expect(world.batches).toHaveLength(1);
    expect(client.status().dropped).toBe(0);
    world.events = new Response('{}');
    const next = world.visit();
    await world.pass(10_000);
    await next.flush();
    expect(world.received().map(({ name }) => name)).toEqual(['something', 'something']);
  });
});

describe('what was not acknowledged', () => {
  it('survives the end of the page, with the ids it had', async () => {
    const { world, client } = await open();
    world.events = Response.error();
    client.track('kept');
    client.getString('test', '');
    await client.flush();
    await client.close();
    const ids = world.received().map(({ id }) => id);
    world.events = new Response('{}');
    world.batches.length = 0;
    world.visit();
    await world.pass(10_000);
    expect(world.received().map(({ id }) => id)).toEqual(ids);
    world.batches.length = 0;
    world.visit();
    await world.pass(10_000);
    expect(world.batches).toEqual([]);
  });

  it('is given up after 7 days, and counted', async () => {
    const { world, client } = await open();
    world.events = Response.error();
    client.track('old');
    await client.flush();
    await client.close();
    world.setClock(Date.now() + 8 * 86_400_000);
    world.events = new Response('{}');
    world.batches.length = 0;
    const next = world.visit();
    next.track('new');
    await world.pass(10_000);
    expect(world.batches).toMatchObject([{ dropped: 1, events: [{ name: 'new' }] }]);
    expect(next.status().dropped).toBe(1);
  });
});

describe('what was given up', () => {
  it('is told after a reload too, once, and stays visible until then', async () => {
    const { world, client } = await open();
    world.events = new Response('', { status: 400 });
    client.track('poison');
    await client.flush();
    await client.close();
    world.events = new Response('{}');
    world.batches.length = 0;
    const next = world.visit();
    await settle();
    expect(next.status().dropped).toBe(1);
    next.track('good');
    await next.flush();
    expect(world.batches).toMatchObject([{ dropped: 1, events: [{ name: 'good' }] }]);
    await next.close();
    world.batches.length = 0;
    const last = world.visit();
    await settle();
    expect(last.status().dropped).toBe(0);
    last.track('better');
    await last.flush();
    expect(world.batches.map(({ dropped }) => dropped)).toEqual([undefined]);
    expect(await world.storage.keys('pennon:event:')).toEqual([]);
  });

  it('is told once although its batch is tried again, and later losses are told with later batches', async () => {
    const { world, client } = await open();
    world.events = new Response('', { status: 400 });
    client.track('poison');
    await client.flush();
    world.events = Response.error();
    client.track('good');
    await world.pass(20_000);
    world.setClock(Date.now() + 8 * 86_400_000);
    world.batches.length = 0;
    world.events = new Response('{}');
    client.track('better');
    await world.pass(600_000);
    client.track('best');
    await client.flush();
    expect(client.status().dropped).toBe(2);
    const told = world.batches.reduce((sum, { dropped = 0 }) => sum + dropped, 0);
    expect(told).toBe(2);
  });
});

describe('a page that is hidden or left', () => {
  it('sends what waits so that it arrives without the page, and keeps it until it is acknowledged', async () => {
    const { world, client } = await open();
    world.events = Response.error();
    client.track('last words');
    world.page.hide();
    // At once: the page may not live until the next turn.
    expect(world.beacons).toMatchObject([{ events: [{ name: 'last words' }] }]);
    expect(world.batches).toEqual([]);
    await settle();
    expect(await world.storage.keys('pennon:event:')).toHaveLength(1);
    world.events = new Response('{}');
    const next = world.visit();
    await world.pass(10_000);
    await next.flush();
    expect(world.received()[0]?.id).toBe(world.beacons[0]?.events[0]?.id);
    expect(await world.storage.keys('pennon:event:')).toEqual([]);
  });

  it('does so while a batch is under way, whose events leave with it', async () => {
    const { world, client } = await open();
    world.events = () => new Promise(() => {});
    client.track('under way');
    void client.flush();
    await settle();
    client.track('after it');
    world.page.hide();
    expect(world.batches).toHaveLength(1);
    expect(world.beacons.flatMap(({ events }) => events.map(({ name }) => name))).toEqual([
      'under way',
      'after it',
    ]);
  });

  it('makes bodies that a browser takes', async () => {
    const { world, client } = await open();
    world.events = Response.error();
    for (let i = 0; i < 50; i += 1)
      client.track(`event ${i}`, { properties: { text: 'ü'.repeat(2_000) } });
    await client.flush();
    world.events = new Response('{}');
    await world.pass(600_000);
    for (let i = 0; i < 19; i += 1)
      client.track(`more ${i}`, { properties: { text: 'ü'.repeat(2_000) } });
    const bodies: string[] = [];
    world.page.onBeacon = (_, body) => bodies.push(body) > 0;
    world.page.hide();
    expect(bodies.flatMap((body) => JSON.parse(body).events)).toHaveLength(19);
    for (const body of bodies) expect(new Blob([body]).size).toBeLessThan(60_000);
  });

  it('hands to fetch what the browser does not take as a beacon', async () => {
    const { world, client } = await open();
    world.page.onBeacon = () => false;
    client.track('last words');
    world.page.hide();
    await settle();
    expect(world.received()).toMatchObject([{ name: 'last words' }]);
    expect(world.keptAlive).toEqual([true]);
  });

  it('asks for no longer life than the browser grants', async () => {
    const { world, client } = await open();
    client.track('huge', { properties: { text: 'x'.repeat(100_000) } });
    await client.flush();
    expect(world.keptAlive).toEqual([false]);
  });
});

describe('consent', () => {
  it('comes before anything is stored or sent; then what was seen on this page is counted', async () => {
    const { world, client } = await open({ consent: false });
    expect(client.getString('test', '')).toBe('A');
    client.track('early');
    await world.pass(60_000);
    world.page.hide();
    world.page.show();
    const device = client.context().units?.device;
    expect(device).toBeDefined();
    expect(world.page.cookie).toBeUndefined();
    expect(world.page.session()).toBeUndefined();
    expect(await world.storage.keys('')).toEqual([]);
    expect(world.batches).toEqual([]);
    client.setConsent(true);
    await client.flush();
    expect(world.received().map(({ type }) => type)).toEqual(['exposure', 'track']);
    expect(world.page.cookie).toBe(device);
    await settle();
    expect(await world.storage.keys('pennon:plan:')).toHaveLength(1);
  });

  it('takes the device id of an earlier visit when it comes', async () => {
    const { world, client } = await open({ consent: false });
    world.page.cookie = 'known-device';
    client.setConsent(true);
    expect(client.context().units?.device).toBe('known-device');
  });

  it('ends, and what was stored and waits is gone', async () => {
    const { world, client } = await open();
    client.track('something');
    client.setConsent(false);
    await settle();
    expect(await world.storage.keys('')).toEqual([]);
    expect(world.page.cookie).toBe('');
    client.track('after');
    await client.flush();
    expect(world.batches).toEqual([]);
  });
});

describe('a client that was not started', () => {
  it('stores and sends nothing, and then what was seen meanwhile', async () => {
    const world = createWorld();
    const bootstrap = { plan: publish({ flags }) };
    const client = world.visit({ bootstrap, autoStart: false });
    client.getString('test', '');
    await client.flush();
    await world.pass(20_000);
    expect(world.batches).toEqual([]);
    expect(await world.storage.keys('')).toEqual([]);
    client.start();
    await client.flush();
    expect(exposed(world)).toEqual(['test']);
  });
});

describe('somebody who opts out', () => {
  it('is not counted any more, on later visits either, and still has flags', async () => {
    const { world, client } = await open();
    client.track('before');
    client.optOut();
    client.track('after');
    expect(client.getString('test', '')).toBe('A');
    await client.flush();
    const next = world.visit();
    await next.ready();
    expect(next.getString('test', '')).toBe('A');
    next.track('later');
    await next.flush();
    await settle();
    expect(world.batches).toEqual([]);
    expect(world.page.cookie).toBe('out');
    expect(await world.storage.keys('pennon:event:')).toEqual([]);
  });

  it('may come back', async () => {
    const { world, client } = await open();
    client.optOut();
    client.optIn();
    client.track('back');
    await client.flush();
    expect(world.received().map(({ name }) => name)).toEqual(['back']);
    expect(world.page.cookie).toMatch(/^[0-9a-f-]{36}$/);
  });
});
