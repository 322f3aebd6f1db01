import { decide } from 'pennon:full';
import { afterEach, expect, it, vi } from 'vitest';
import { always, experiment, publish } from '../test/plans.ts';
import { createWorld } from '../test/world.ts';
import type { Json } from '../types.ts';
import { parseEnvelope } from './envelope.ts';

// The browser and the Rust side use the same words for the same decision: reasons, details, rule ids and error codes.

afterEach(() => {
  vi.useRealTimers();
});

const attributes = {
  country: { type: 'string', known_at: 'client', class: 'public' },
  tier: { type: 'string', known_at: 'server', class: 'public' },
};
const only = { variant: 'only' };
const when = (attribute: string) => ({ attribute, op: 'eq', value: 'SE' });
const rule = (more: object) => ({ id: 'r1', outcome: only, ...more });
const never = { distribution: { ranges: [{ variant: 'only', from: 0, to: 1 }] } };

const flags = {
  fixed: always(1),
  targeted: always(1, { rules: [rule({ when: when('country') })] }),
  'not targeted': always(1, { rules: [rule({ when: { not: when('country') } })] }),
  drawn: always(1, {
    rules: [
      rule({ outcome: { distribution: { ranges: [{ variant: 'only', from: 0, to: 10_000 }] } } }),
    ],
  }),
  'not drawn': always(1, { rules: [rule({ outcome: never, on_miss: 'next' })] }),
  'drawn by the fallthrough': experiment('A', 'B', 100),
  disabled: always(1, { enabled: false }),
  killed: always(1, { killed: true }),
  'without its prerequisite': always(1, {
    prerequisites: [{ flag: 'fixed', variants: ['other'] }],
    variants: { only: 1, other: 2 },
  }),
  unknown: always(1, { rules: [rule({ when: when('tier') })] }),
  'off when unknown': always(1, { rules: [rule({ when: when('tier') })], on_unknown: 'off' }),
  'by company': experiment('A', 'B', 100, { unit: 'company' }),
  'by a broken unit': experiment('A', 'B', 100, { unit: 'team' }),
  nothing: always({ a: [1, null] }),
};

const published = publish({
  flags: { ...flags, fixed: always(1, { variants: { only: 1, other: 2 } }) },
  attributes,
});
const context = { units: { user: 'u1', team: {} as string }, attributes: { country: 'SE' } };

/** A default of the same type, which the decision is not. */
const fallbackFor = (value: unknown): Json =>
  typeof value === 'number' ? -1 : typeof value === 'string' ? '' : {};

for (const key of [...Object.keys(flags), 'nowhere'])
  it(`tells the same about a flag that is ${key}`, async () => {
    const world = createWorld();
    world.serve(published);
    const client = world.visit({ context });
    await client.ready();
    const { plan } = parseEnvelope(published);
    const { exposure: _, ...expected } = decide(plan, context, key, Date.now(), 'client');
    const { value, revision: __, ...words } = client.getDetails(key, fallbackFor(expected.value));
    const decided = expected.value === undefined ? words : { value, ...words };
    expect(JSON.parse(JSON.stringify(decided))).toEqual(expected);
  });
