import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { always, createSigningKey, kill, publish, signingKey } from '../test/plans.ts';
import { createWorld, KEY, settle, type World } from '../test/world.ts';
import type { Client, Connected } from './client.ts';
import { createConnector } from './connect.ts';
import type { ClientOptions } from './options.ts';

// How a page hears of changes at once, over a connection that the test holds the other end of.

/** The other end of a connection. */
class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 0;
  readonly sent: string[] = [];
  onopen = (): void => {};
  onmessage = (_: { data: string }): void => {};
  onclose = (_: { code: number }): void => {};

  readonly url: string;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.drop(1000);
  }
  open(): void {
    this.readyState = 1;
    this.onopen();
  }
  tell(message: unknown): void {
    this.onmessage({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }
  drop(code: number): void {
    this.readyState = 3;
    this.onclose({ code });
  }
}

beforeEach(() => {
  FakeSocket.all = [];
});

afterEach(() => {
  vi.useRealTimers();
});

const revision = (number: number): object => ({
  type: 'revision',
  environment: 'env_test',
  revision: number,
  snapshot: '',
});

/** The dependent flag is on where `main` is. */
const dependent = always('with', {
  variants: { only: 'with', without: 'without' },
  prerequisites: [{ flag: 'main', variants: ['only'] }],
  off: 'without',
});
const main = always('on', { variants: { only: 'on', off: 'off' }, off: 'off' });
const plan = (number: number, more = {}): Uint8Array<ArrayBuffer> =>
  publish({ flags: { main: { ...main, ...more }, dependent }, revision: number });

const visit = async (
  options: Partial<ClientOptions> = {},
): Promise<{ world: World; client: Connected; socket: FakeSocket }> => {
  const world = createWorld();
  world.serve(plan(1));
  const client = createConnector({
    ...world.environment,
    page: world.page,
    connect: (url) => new FakeSocket(url) as unknown as WebSocket,
  })({
    endpoint: 'https://edge.test',
    key: KEY,
    context: { units: { user: 'u1' } },
    storage: world.storage,
    fetch: async (input, init) => {
      world.configRequests.push(new Request(input as string, init as RequestInit));
      return (world.config as () => Response)();
    },
    now: () => Date.now(),
    logger: (message) => void world.warnings.push(message),
    ...options,
  }) as Connected;
  await settle();
  const socket = FakeSocket.all[0] as FakeSocket;
  return { world, client, socket };
};

describe('a connection', () => {
  it('is opened with the key, and says at once that it lives and which revision decides', async () => {
    const { client, socket, world } = await visit();
    expect(socket.url).toBe(`wss://edge.test/v1/stream?key=${KEY}`);
    expect(client.status().live).toBe(false);
    const listener = vi.fn();
    client.subscribe(listener);
    socket.open();
    expect(socket.sent).toEqual(['ping', '{"type":"held","revision":1}']);
    expect(client.status().live).toBe(true);
    expect(listener).toHaveBeenCalled();
    world.serve(plan(2));
    await client.refresh();
    expect(socket.sent.at(-1)).toBe('{"type":"held","revision":2}');
    await client.close();
    expect(socket.readyState).toBe(3);
  });

  it('makes looking for plans rare, until it is lost', async () => {
    const { world, client, socket } = await visit();
    socket.open();
    await client.refresh();
    const asked = world.configRequests.length;
    for (let minute = 0; minute < 4; minute += 1) {
      socket.tell('pong');
      await world.pass(55_000);
    }
    expect(world.configRequests.length).toBe(asked);
    expect(socket.sent.filter((text) => text === 'ping').length).toBeGreaterThanOrEqual(4);
    socket.drop(1006);
    await world.pass(60_000);
    expect(world.configRequests.length).toBeGreaterThan(asked);
  });

  it('comes back after pauses that grow, and not for a key that was refused', async () => {
    const { world } = await visit();
    for (let second = 0; second < 300; second += 1) {
      for (const socket of FakeSocket.all) if (socket.readyState === 0) socket.drop(1006);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    const tries = FakeSocket.all.length;
    expect(tries).toBeGreaterThan(4);
    expect(tries).toBeLessThan(20);
    for (let minute = 0; minute < 10 && FakeSocket.all.at(-1)?.readyState === 3; minute += 1)
      await world.pass(60_000);
    FakeSocket.all.at(-1)?.drop(4401);
    const last = FakeSocket.all.length;
    await world.pass(600_000);
    world.page.hide();
    world.page.show();
    await settle();
    expect(FakeSocket.all.length).toBe(last);
  });

  it('that is silent is given up', async () => {
    const { world, socket } = await visit();
    socket.open();
    await world.pass(110_000);
    expect(socket.readyState).toBe(3);
    expect(FakeSocket.all.length).toBe(2);
  });

  it('rests while the page is hidden, and comes back with it', async () => {
    const { world, socket } = await visit();
    socket.open();
    world.page.hide();
    await world.pass(60_000);
    expect(socket.readyState).toBe(3);
    expect(FakeSocket.all.length).toBe(1);
    world.page.show();
    await settle();
    expect(FakeSocket.all.length).toBe(2);
  });

  it('is not wanted with `push: false`, and may be forbidden', async () => {
    const { client } = await visit({ push: false });
    expect(FakeSocket.all).toEqual([]);
    expect(client.getString('main', '')).toBe('on');
    const world = createWorld();
    world.serve(plan(1));
    const other = createConnector({
      ...world.environment,
      page: world.page,
      connect: () => {
        throw new DOMException('connect-src', 'SecurityError');
      },
    })({
      endpoint: 'https://edge.test',
      key: KEY,
      logger: () => {},
      fetch: async () => new Response(plan(1)),
    });
    await settle();
    expect(other.getString('main', '')).toBe('on');
  });

  it('that talks rubbish changes nothing', async () => {
    const { client, socket, world } = await visit();
    socket.open();
    for (const rubbish of [
      '',
      '{',
      'null',
      '[]',
      '{"type":"kill"}',
      '{"type":"revision","revision":"x"}',
    ])
      socket.tell(rubbish);
    socket.tell({ ...kill('main', 2), environment: 'env_other' });
    await settle();
    expect(client.getString('main', '')).toBe('on');
    expect(world.configRequests).toHaveLength(1);
  });
});

describe('a revision that is told', () => {
  it('is fetched within half a second', async () => {
    const { world, client, socket } = await visit();
    socket.open();
    world.serve(plan(2, { enabled: false }));
    socket.tell(revision(2));
    await vi.advanceTimersByTimeAsync(500);
    await settle();
    expect(client.getString('main', '')).toBe('off');
  });

  it('is asked for again while the edge still has the one before', async () => {
    const { world, client, socket } = await visit();
    socket.open();
    socket.tell(revision(2));
    await vi.advanceTimersByTimeAsync(500);
    await settle();
    expect(client.status().revision).toBe(1);
    world.serve(plan(2));
    await world.pass(5_000);
    expect(client.status().revision).toBe(2);
  });

  it('is nothing new when it is held already', async () => {
    const { world, socket } = await visit();
    socket.open();
    socket.tell(revision(1));
    socket.tell(revision(0));
    await world.pass(5_000);
    expect(world.configRequests).toHaveLength(1);
  });
});

describe('a kill', () => {
  const values = (client: Client): string[] =>
    ['main', 'dependent'].map((key) => client.getString(key, ''));

  it('is applied without its plan, with what needs the flag, and undone as well', async () => {
    const { client, socket } = await visit();
    socket.open();
    expect(values(client)).toEqual(['on', 'with']);
    const changed = vi.fn();
    client.subscribe(changed);
    socket.tell(kill('main', 2));
    await settle();
    expect(values(client)).toEqual(['off', 'without']);
    expect(client.getDetails('main', '')).toMatchObject({ reason: 'DISABLED', detail: 'killed' });
    expect(changed).toHaveBeenCalledWith(['main', 'dependent']);
    expect((await client.explain('main')).sentences).toEqual(['main is off: the flag is killed.']);
    socket.tell(kill('main', 3, false));
    await settle();
    expect(values(client)).toEqual(['on', 'with']);
    expect((await client.explain('main')).sentences.join()).not.toContain('killed');
    socket.tell(kill('main', 2));
    await settle();
    expect(values(client)).toEqual(['on', 'with']);
  });

  it('holds over an older plan, and is void once its own has come', async () => {
    const { world, client, socket } = await visit();
    socket.open();
    socket.tell(kill('main', 3));
    await settle();
    world.serve(plan(2));
    await client.refresh();
    expect(values(client)).toEqual(['off', 'without']);
    world.serve(plan(4));
    await client.refresh();
    expect(values(client)).toEqual(['on', 'with']);
    socket.tell(kill('main', 4));
    await settle();
    expect(values(client)).toEqual(['on', 'with']);
  });

  it('that comes before any plan is applied to the first one', async () => {
    const world = createWorld();
    const { client, socket } = await visit({
      fetch: async () => (world.config as () => Response)(),
    });
    socket.open();
    socket.tell(kill('main', 2));
    world.serve(plan(1));
    await client.refresh();
    expect(values(client)).toEqual(['off', 'without']);
  });

  it('must be signed where public keys are given', async () => {
    const { client, socket } = await visit({ publicKeys: [signingKey.publicKey] });
    await settle();
    socket.open();
    socket.tell(kill('main', 2, true, { ...createSigningKey(), id: signingKey.id }));
    socket.tell({ ...kill('dependent', 2), flag: 'main' });
    await settle();
    expect(values(client)).toEqual(['on', 'with']);
    socket.tell(kill('main', 2));
    await vi.waitFor(() => expect(values(client)).toEqual(['off', 'without']));
  });
});
