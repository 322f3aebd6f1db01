import { afterEach, expect, it, vi } from 'vitest';
import { experiment, names, publish } from '../test/plans.ts';
import { createWorld } from '../test/world.ts';

// What a client answers to "why am I seeing this?".

afterEach(() => {
  vi.useRealTimers();
});

const publication = { flags: { test: experiment('A', 'B', 100, { name: 'A fair test' }) } };

it('explains in sentences, with names from their own file, and counts nothing', async () => {
  const world = createWorld();
  world.serve(publish(publication));
  const client = world.visit();
  await client.ready();
  world.config = new Response(names(publication));
  const { name, sentences } = await client.explain('test');
  expect(name).toBe('A fair test');
  expect(sentences.length).toBeGreaterThan(0);
  expect(world.configRequests.at(-1)?.url).toMatch(
    /^https:\/\/edge\.test\/v1\/names\/pk_env_test_0123456789\/[0-9a-f]{64}$/,
  );
  await client.flush();
  expect(world.received()).toEqual([]);
});

it('does without the names where they cannot be had', async () => {
  const world = createWorld();
  world.serve(publish(publication));
  const client = world.visit();
  await client.ready();
  world.config = new Response('', { status: 404 });
  expect((await client.explain('test')).sentences.length).toBeGreaterThan(0);
});

it('rejects with a FlagError when there is nothing to explain', async () => {
  const world = createWorld();
  const client = world.visit();
  await expect(client.explain('test')).rejects.toMatchObject({ code: 'PROVIDER_NOT_READY' });
  world.serve(publish(publication));
  await client.refresh();
  await expect(client.explain('nowhere')).rejects.toMatchObject({ code: 'FLAG_NOT_FOUND' });
});
