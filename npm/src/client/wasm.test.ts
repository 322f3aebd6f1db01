import { afterEach, describe, expect, it, vi } from 'vitest';
import { readArtefact } from '../test/artefact.ts';
import { always, publish } from '../test/plans.ts';
import { createWorld } from '../test/world.ts';
import { createConnector } from './connect.ts';
import { fromBytes, fromUrl } from './wasm.ts';

// How the evaluator comes to the page, and what happens when it does not.

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const url = new URL('https://cdn.test/eval.wasm');
const forbid = (): void => {
  const refuse = (): never => {
    throw new WebAssembly.CompileError('violates the following Content Security directive');
  };
  vi.stubGlobal('WebAssembly', { ...WebAssembly, Module: refuse, compile: async () => refuse() });
};
const open = (load: ReturnType<typeof fromUrl>) => {
  const world = createWorld();
  world.serve(publish({ flags: { copy: always('hello') } }));
  const { loadRare } = world.environment;
  const client = createConnector({ load, loadRare })({
    endpoint: 'https://edge.test',
    key: 'pk_env_test_1',
    fetch: async () => (world.config as () => Response)(),
    logger: () => {},
  });
  return { world, client };
};

describe('the wasm', () => {
  it('that is a file of its own is loaded once', async () => {
    const fetched = vi.fn(async () => new Response(readArtefact('eval.wasm')));
    vi.stubGlobal('fetch', fetched);
    const load = fromUrl(url);
    for (const { client } of [open(load), open(load)]) {
      await client.ready();
      expect(client.getString('copy', '')).toBe('hello');
      expect(client.status().engine).toBe('wasm');
    }
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('that cannot be fetched is fetched again with the next look', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
    const { client } = open(fromUrl(url));
    await client.ready();
    expect(client.getDetails('copy', 'default').errorCode).toBe('PROVIDER_NOT_READY');
    vi.stubGlobal('fetch', async () => new Response(readArtefact('eval.wasm')));
    await client.refresh();
    expect(client.getString('copy', 'default')).toBe('hello');
  });

  for (const [name, load] of [
    ['a file of its own', () => fromUrl(url)],
    ['part of the code', () => fromBytes(() => readArtefact('eval.wasm'))],
  ] as const)
    it(`that a policy forbids is replaced by JavaScript: ${name}`, async () => {
      forbid();
      vi.stubGlobal('fetch', async () => new Response(readArtefact('eval.wasm')));
      const { client } = open(load());
      await client.refresh();
      expect(client.getString('copy', 'default')).toBe('hello');
      expect(client.status().engine).toBe('fallback');
    });
});
