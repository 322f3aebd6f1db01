import { afterEach, describe, expect, it, vi } from 'vitest';
import { always, publish } from '../test/plans.ts';
import { createWorld, settle, type World } from '../test/world.ts';
import type { ClientOptions } from './options.ts';

// Flags that cannot be decided in a browser: the edge is asked, once, and never waited for.

afterEach(() => {
  vi.useRealTimers();
});

const attributes = { tier: { type: 'string', known_at: 'server', class: 'public' } };
const secret = always('gold', {
  variants: { only: 'gold', other: 'iron' },
  rules: [
    {
      id: 'r1',
      when: { attribute: 'tier', op: 'eq', value: 'gold' },
      outcome: { variant: 'only' },
    },
  ],
  fallthrough: { variant: 'other' },
});
const plan = (revision: number): Uint8Array<ArrayBuffer> =>
  publish({ flags: { secret, another: secret, plain: always(1) }, attributes, revision });

const gold = { value: 'gold', variant: 'only', reason: 'TARGETING_MATCH', rule: 'r1' };
const answer = (secret: object, revision = 1): Response =>
  Response.json({ revision, flags: { secret, another: { reason: 'ERROR', error: 'GENERAL' } } });

const visit = async (
  options: Partial<ClientOptions> = {},
  evaluation: World['evaluation'] = answer(gold),
) => {
  const world = createWorld();
  world.serve(plan(1));
  world.evaluation = evaluation;
  const client = world.visit(options);
  await client.ready();
  await settle();
  return { world, client };
};

describe('a flag that is unknown here', () => {
  it('is answered by the edge, which says so, and the page hears of it', async () => {
    const { world, client } = await visit();
    expect(world.questions).toEqual([]);
    expect(client.getString('secret', 'default')).toBe('default');
    const changed = vi.fn();
    client.subscribe(changed);
    await settle();
    expect(changed).toHaveBeenCalledWith(['secret']);
    expect(client.getDetails('secret', 'default')).toMatchObject({
      value: 'gold',
      variant: 'only',
      reason: 'TARGETING_MATCH',
      detail: 'edge',
      rule: 'r1',
      revision: 1,
    });
    expect(client.getDetails('another', 'default')).toMatchObject({
      value: 'default',
      reason: 'UNKNOWN',
    });
    expect(world.questions).toEqual([
      {
        context: { units: { user: 'u1', device: client.context().units?.device } },
        flags: ['another', 'secret'],
      },
    ]);
  });

  it('is asked for again for another person and for another plan, and else not', async () => {
    const { world, client } = await visit();
    for (let i = 0; i < 3; i += 1) {
      client.getString('secret', '');
      await settle();
      await client.refresh();
    }
    expect(world.questions).toHaveLength(1);
    client.setContext({ units: { user: 'u2' } });
    expect(client.getString('secret', 'default')).toBe('default');
    await settle();
    expect(world.questions).toHaveLength(2);
    world.serve(plan(2));
    await client.refresh();
    await settle();
    expect(world.questions).toHaveLength(3);
    expect(client.getString('secret', '')).toBe('gold');
  });

  it('does not get the answer that was meant for another person', async () => {
    let late = (_: Response): void => {};
    const { client } = await visit(
      {},
      () =>
        new Promise<Response>((resolve) => {
          late = resolve;
        }),
    );
    client.getString('secret', '');
    await settle();
    const first = late;
    client.setContext({ units: { user: 'u2' } });
    client.getString('secret', '');
    await settle();
    first(answer(gold));
    await settle();
    expect(client.getString('secret', 'default')).toBe('default');
    late(answer({ ...gold, value: 'iron', variant: 'other' }));
    await settle();
    expect(client.getString('secret', 'default')).toBe('iron');
  });

  it('is counted, unless the edge says that it must not be', async () => {
    const { world, client } = await visit();
    client.getString('secret', '');
    await settle();
    client.getString('secret', '');
    await client.flush();
    expect(world.received()).toMatchObject([{ flag: 'secret', variant: 'only', rule: 'r1' }]);
    const other = await visit({}, answer({ ...gold, exposure: false }));
    other.client.getString('secret', '');
    await settle();
    expect(other.client.getString('secret', '')).toBe('gold');
    await other.client.flush();
    expect(other.world.received()).toEqual([]);
  });

  const silent: Readonly<Record<string, World['evaluation']>> = {
    'no answer in time': () => new Promise(() => {}),
    'a failure': new Response('', { status: 500 }),
    rubbish: new Response('<html>'),
    'an answer of another form': Response.json({}),
    'no network': () => Promise.reject(new TypeError('no network')),
  };
  for (const [name, evaluation] of Object.entries(silent))
    it(`keeps what it does when unknown: ${name}`, async () => {
      const { world, client } = await visit({}, evaluation);
      client.getString('secret', 'default');
      await world.pass(15_000);
      expect(client.getDetails('secret', 'default')).toMatchObject({
        value: 'default',
        reason: 'UNKNOWN',
      });
      expect(world.questions).toHaveLength(1);
      expect(world.warnings).toContain('evaluate');
    });

  it('is nobody asked about before consent, after opting out, or when told so', async () => {
    const { world, client } = await visit({ consent: false });
    client.getString('secret', '');
    await settle();
    expect(world.questions).toEqual([]);
    client.setConsent(true);
    await settle();
    expect(world.questions).toHaveLength(1);
    client.optOut();
    client.setContext({ units: { user: 'u2' } });
    client.getString('secret', '');
    await settle();
    expect(world.questions).toHaveLength(1);
    const off = await visit({ remoteEvaluation: false });
    off.client.getString('secret', '');
    await settle();
    expect(off.world.questions).toEqual([]);
  });
});
