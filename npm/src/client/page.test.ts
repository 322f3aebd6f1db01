// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { experiment, publish } from '../test/plans.ts';
import { createWorld } from '../test/world.ts';
import type { Client } from './client.ts';
import { createConnector } from './connect.ts';
import { page } from './page.ts';

// The real page under a client: its cookie, its session, its visibility and its beacons.

beforeEach(() => {
  document.cookie = 'pennon_device=; max-age=0; path=/';
  sessionStorage.clear();
});

const opened: Client[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((client) => client.close()));
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const visit = async () => {
  const world = createWorld();
  const bootstrap = { plan: publish({ flags: { test: experiment('A', 'B', 100) } }) };
  const { loadExplain, load } = world.environment;
  const client = createConnector({ load, loadExplain, page })({
    endpoint: 'https://edge.test',
    key: 'pk_env_test_1',
    context: { units: { user: 'u1' } },
    bootstrap,
    storage: world.storage,
    fetch: async () => new Response('{}'),
    logger: () => {},
  });
  opened.push(client);
  return { client };
};

const setVisibility = (state: 'hidden' | 'visible'): void => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
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

  it('sends by beacon when it is hidden, and when it is left', async () => {
    const beacon = vi.fn((_url: string, _body: string) => true);
    vi.stubGlobal('navigator', { sendBeacon: beacon });
    const { client } = await visit();
    client.track('first');
    setVisibility('hidden');
    client.track('second');
    dispatchEvent(new Event('pagehide'));
    const names = beacon.mock.calls.map(([, body]) =>
      JSON.parse(body).events.map((event: { name: string }) => event.name),
    );
    expect(names).toEqual([['first'], ['first', 'second']]);
    expect(beacon.mock.calls[0]?.[0]).toBe('https://edge.test/v1/events?key=pk_env_test_1');
    vi.unstubAllGlobals();
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
