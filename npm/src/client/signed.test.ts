import { afterEach, describe, expect, it, vi } from 'vitest';
import { always, createSigningKey, publish, type SigningKey, signingKey } from '../test/plans.ts';
import { createWorld, settle } from '../test/world.ts';

// What a page takes when it was given the environment's public keys, and what it says when it takes nothing.

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const plan = (value: string, revision: number, key?: SigningKey): Uint8Array<ArrayBuffer> =>
  publish({ flags: { copy: always(value) }, revision }, key);

/** Changes one byte of an envelope. */
const flip = (envelope: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> =>
  envelope.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('a page with public keys', () => {
  const open = async (publicKeys = [signingKey.publicKey]) => {
    const world = createWorld();
    world.serve(plan('one', 1));
    const client = world.visit({ publicKeys });
    await client.ready();
    return { world, client };
  };

  const start = 5 + 'env_test'.length;
  const bad: Readonly<Record<string, () => Uint8Array<ArrayBuffer>>> = {
    'a signature that is wrong': () => flip(plan('two', 2), start + 70),
    'a revision that was not signed': () => flip(plan('two', 2), start),
    'an expiry that was not signed': () => flip(plan('two', 2), start + 17),
    'an unknown key': () => plan('two', 2, createSigningKey()),
    'a lower revision': () => plan('two', 0),
    'another plan under a signed header': () => {
      const two = plan('two', 2);
      return flip(two, two.length - 1);
    },
  };
  for (const [name, envelope] of Object.entries(bad))
    it(`refuses ${name}, and keeps the last good plan`, async () => {
      const { world, client } = await open();
      world.serve(envelope());
      await client.refresh();
      expect(client.getString('copy', '')).toBe('one');
      expect(client.status()).toMatchObject({ revision: 1, failing: true });
      world.serve(plan('two', 2));
      await client.refresh();
      expect(client.getString('copy', '')).toBe('two');
    });

  it('takes both keys while one replaces the other', async () => {
    const next = createSigningKey();
    const { world, client } = await open([signingKey.publicKey, next.publicKey]);
    world.serve(plan('two', 2, next));
    await client.refresh();
    expect(client.getString('copy', '')).toBe('two');
  });

  it('checks a stored and a bootstrapped plan as well', async () => {
    const { world } = await open();
    await settle();
    const other = [createSigningKey().publicKey];
    world.config = new Response('', { status: 503 });
    const next = world.visit({ publicKeys: other, bootstrap: { plan: plan('one', 1) } });
    await next.ready();
    await settle();
    expect(next.getString('copy', 'default')).toBe('default');
  });

  it('takes nothing where the platform cannot check, and says why', async () => {
    vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(
      new DOMException('Ed25519', 'NotSupportedError'),
    );
    const causes: unknown[] = [];
    const world = createWorld();
    world.serve(plan('one', 1));
    const client = world.visit({
      publicKeys: [signingKey.publicKey],
      logger: (...input) => void causes.push(input),
    });
    await client.ready();
    expect(client.getString('copy', 'default')).toBe('default');
    expect(String(causes)).toContain('NotSupportedError');
  });
});

describe('a page without public keys', () => {
  it('takes the plan on trust', async () => {
    const world = createWorld();
    world.serve(plan('one', 1, createSigningKey()));
    const client = world.visit();
    await client.ready();
    expect(client.getString('copy', '')).toBe('one');
  });
});

describe('a key that is refused', () => {
  for (const [status, code] of [
    [401, 'key_unknown'],
    [401, 'key_revoked'],
    [403, 'origin_not_allowed'],
  ] as const)
    it(`is named with the reason: ${code}`, async () => {
      const world = createWorld();
      world.config = Response.json({ error: { code, message: '' } }, { status });
      const client = world.visit();
      await client.ready();
      expect(world.warnings).toContain(`no plan (${status} ${code})`);
      expect(client.status().failing).toBe(true);
    });
});
