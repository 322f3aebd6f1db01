import { afterEach, describe, expect, it, vi } from 'vitest';
import { always, publish } from '../test/plans.ts';
import { createWorld, KEY, settle } from '../test/world.ts';
import type { Json } from '../types.ts';
import { createConnector } from './connect.ts';
import type { Environment } from './environment.ts';

// Operators on dates, versions and patterns load when a plan uses them.

afterEach(() => {
  vi.useRealTimers();
});

const when = (op: string, value: string): Readonly<Record<string, Json>> => ({
  variants: { only: 'new', off: 'old' },
  off: 'off',
  rules: [{ id: 'r1', when: { attribute: 'x', op, value }, outcome: { variant: 'only' } }],
  fallthrough: { variant: 'off' },
});
const plain = { copy: always('hello') };

const open = (
  flags: Parameters<typeof publish>[0]['flags'],
  x: string,
  more: Partial<Environment> = {},
) => {
  const world = createWorld();
  const attributes = { x: { type: 'string', known_at: 'client' } };
  const serve = (revision: number): void => world.serve(publish({ flags, attributes, revision }));
  serve(1);
  const loadRare = vi.fn(world.environment.loadRare);
  const client = createConnector({ ...world.environment, loadRare, ...more })({
    endpoint: 'https://edge.test',
    key: KEY,
    context: { attributes: { x } },
    remoteEvaluation: false,
    push: false,
    fetch: async () => (world.config as () => Response)(),
    logger: (message) => void world.warnings.push(message),
  });
  return { world, client, loadRare, serve };
};

describe('a plan that uses rare operators', () => {
  for (const [op, value, x] of [
    ['semver_ge', '2.0.0-rc.1', '2.0.0'],
    ['before', '2026-11-25T00:00:00Z', '2026-11-24T23:59:59Z'],
    ['matches', '^a+$', 'aaa'],
  ] as const)
    it(`decides when they have loaded: ${op}`, async () => {
      const { client, loadRare } = open({ flag: always('new', when(op, value)), ...plain }, x);
      expect(client.getString('flag', 'default')).toBe('default');
      await client.ready();
      expect(client.getDetails('flag', 'default')).toMatchObject({ value: 'new', rule: 'r1' });
      expect(loadRare).toHaveBeenCalledTimes(1);
    });

  it('works without them but for what they decide, and has them with the next plan', async () => {
    const flags = { flag: always('new', when('semver_ge', '2.0.0')), ...plain };
    const { client, loadRare, serve, world } = open(flags, '2.1.0');
    loadRare.mockRejectedValueOnce(new TypeError('gone with the last deployment'));
    await client.ready();
    expect(client.getString('copy', '')).toBe('hello');
    expect(client.getDetails('flag', 'default')).toMatchObject({
      value: 'default',
      detail: 'unknown',
    });
    expect(world.warnings).toContain('operators');
    serve(2);
    await client.refresh();
    await settle();
    expect(client.getString('flag', 'default')).toBe('new');
  });
});

it('a plan without rare operators loads nothing more', async () => {
  const flag = always('new', when('starts_with', 'a'));
  const { client, loadRare } = open({ flag, ...plain }, 'abc');
  await client.ready();
  expect(client.getString('flag', 'default')).toBe('new');
  expect(loadRare).not.toHaveBeenCalled();
});
