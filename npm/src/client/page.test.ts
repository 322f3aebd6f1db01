// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { experiment, publish } from '../test/plans.ts';
import { createWorld, settle } from '../test/world.ts';
import type { Client } from './client.ts';
import { createConnector } from './connect.ts';
import type { ClientOptions } from './options.ts';
import { page } from './page.ts';

// The real page under a client: its cookie, its storage, its session and its visibility.

beforeEach(() => {
  document.cookie = 'pennon_device=; max-age=0; path=/';
  sessionStorage.clear();
  localStorage.clear();
});

const opened: Client[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((client) => client.close()));
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const visit = async (options: Partial<ClientOptions> = {}) => {
  const world = createWorld();
  const bootstrap = { plan: publish({ flags: { test: experiment('A', 'B', 100) } }) };
  const { loadRare, load } = world.environment;
  const client = createConnector({ load, loadRare, page })({
    endpoint: 'https://edge.test',
    key: 'pk_env_test_1',
    context: { units: { user: 'u1' } },
    bootstrap,
    storage: world.storage,
    fetch: async () => new Response('{}'),
    logger: () => {},
    ...options,
  });
  opened.push(client);
  return { client };
};

const setVisibility = (state: 'hidden' | 'visible'): void => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(state === 'hidden');
  document.dispatchEvent(new Event('visibilitychange'));
};

describe('a page', () => {
  it('keeps the device id in a first-party cookie', async () => {
    const { client } = await visit();
    const { device } = client.context().units ?? {};
    expect(document.cookie).toContain(`pennon_device=${device}`);
    expect((await visit()).client.context().units?.device).toBe(device);
  });

  it('remembers for its session what was counted, and survives rubbish there', async () => {
    sessionStorage.setItem('pennon', '{"not": "a list"');
    const { client } = await visit();
    expect(client.getString('test', '')).toBe('A');
    expect(JSON.parse(sessionStorage.getItem('pennon') ?? '')).toHaveLength(1);
  });

  it('hands over what waits when it is hidden or left, each time', async () => {
    const sendBeacon = vi.spyOn(navigator, 'sendBeacon').mockReturnValue(true);
    const { client } = await visit();
    client.track('first');
    setVisibility('hidden');
    setVisibility('visible');
    await settle();
    client.track('second');
    setVisibility('hidden');
    const names = sendBeacon.mock.calls.map(([, body]) =>
      JSON.parse(body as string).events.map((event: { name: string }) => event.name),
    );
    expect(names).toEqual([['first'], ['second']]);
    for (const [url] of sendBeacon.mock.calls)
      expect(url).toBe('https://edge.test/v1/events?key=pk_env_test_1');
  });

  it('sends only while it has the lock that all pages of the origin share', async () => {
    let isFree = false;
    const request = vi.fn((_name: string, _options: object, action: (lock: unknown) => unknown) =>
      Promise.resolve(action(isFree ? {} : null)),
    );
    vi.stubGlobal('navigator', { locks: { request } });
    const fetched = vi.fn(async (_url: unknown, _init?: RequestInit) => new Response('{}'));
    const { client } = await visit({ fetch: fetched });
    client.track('waiting');
    await client.flush();
    const sent = () => fetched.mock.calls.filter(([, init]) => init?.method === 'POST').length;
    expect(sent()).toBe(0);
    isFree = true;
    await client.flush();
    expect(sent()).toBe(1);
    expect(request.mock.calls[0]?.[1]).toEqual({ ifAvailable: true });
    vi.unstubAllGlobals();
  });

  it('keeps records in localStorage, which the next visit finds', async () => {
    const first = await visit({ storage: page.storage, fetch: () => Promise.reject(new Error()) });
    first.client.track('kept');
    await first.client.close();
    expect(Object.keys(localStorage)).toEqual([expect.stringMatching(/^pennon:event:/)]);
    localStorage.setItem('pennon:event:rubbish', '{');
    const fetched = vi.fn(async (_url: unknown, _init?: RequestInit) => new Response('{}'));
    const next = await visit({ storage: page.storage, fetch: fetched });
    await settle();
    await next.client.flush();
    const bodies = fetched.mock.calls.map(([, init]) => String(init?.body));
    expect(bodies.some((body) => body.includes('"kept"'))).toBe(true);
  });

  it('works where cookies and session storage are forbidden', async () => {
    vi.spyOn(document, 'cookie', 'get').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    vi.stubGlobal('sessionStorage', undefined);
    const { client } = await visit();
    expect(client.context().units?.device).toBeDefined();
    expect(client.getString('test', '')).toBe('A');
    vi.unstubAllGlobals();
  });
});
