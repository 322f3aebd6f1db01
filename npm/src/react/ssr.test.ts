// @vitest-environment happy-dom
import { PassThrough } from 'node:stream';
import { act, createElement, type ReactElement, Suspense } from 'react';
import { hydrateRoot, type Root } from 'react-dom/client';
import { renderToPipeableStream } from 'react-dom/server.node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client } from '../client/client.ts';
import { createServerClient } from '../entry/server-node.ts';
import { experiment, publish, signingKey } from '../test/plans.ts';
import { createWorld, settle } from '../test/world.ts';
import type { FlagProviderProps } from './index.ts';
import * as browserCopy from './index.ts';

// The way of a Next app-router page: a server decides and streams, the browser hydrates, and nobody sees a flicker.

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const flags = { test: experiment('A', 'B', 100), late: experiment(1, 2, 100) };
const context = { units: { user: 'u1' } };

const stream = (element: ReactElement): Promise<string> =>
  new Promise((resolve, reject) => {
    const out = new PassThrough();
    let html = '';
    out.on('data', (chunk) => {
      html += chunk;
    });
    out.on('end', () => resolve(html));
    const { pipe } = renderToPipeableStream(element, {
      onAllReady: () => pipe(out),
      onError: reject,
    });
  });

/** Hydrates, and records what React complained about and every text that was on the page. */
const hydrate = async (html: string, element: ReactElement) => {
  const errors: unknown[] = [];
  vi.spyOn(console, 'error').mockImplementation((...words) => void errors.push(words));
  const container = document.createElement('div');
  container.innerHTML = html;
  const texts = new Set([container.textContent]);
  const observer = new MutationObserver(() => texts.add(container.textContent));
  observer.observe(container, { childList: true, characterData: true, subtree: true });
  let root = undefined as Root | undefined;
  await act(async () => {
    root = hydrateRoot(container, element, { onRecoverableError: (error) => errors.push(error) });
  });
  await act(settle);
  observer.disconnect();
  return { errors, texts: [...texts], unmount: () => act(async () => root?.unmount()) };
};

type Props = Omit<FlagProviderProps, 'children'>;

/** The page, made with one copy of the package: a server and a browser never share one. */
const createPage = (pennon: typeof import('./index.ts')): ((props: Props) => ReactElement) => {
  const Test = () => createElement('b', null, pennon.useFlag('test', 'default'));
  const Late = () => createElement('i', null, String(pennon.useFlagDetails('late', 0).value));
  const boundary = createElement(Suspense, { fallback: '…' }, createElement(Late));
  return (props) =>
    createElement(
      pennon.FlagProvider,
      props,
      createElement('main', null, createElement(Test), boundary),
    );
};

const inBrowser = createPage(browserCopy);
vi.resetModules();
const serverCopy = await import('./index.ts');
const onServer = createPage(serverCopy);

const decideOnServer = async () => {
  const world = createWorld();
  const server = createServerClient({
    endpoint: 'https://edge.test',
    key: 'sk_env_test_1',
    refreshMs: 0,
    publicKeys: [signingKey.publicKey],
    fetch: async () => new Response(publish({ flags, audience: 'server' })),
  });
  await server.ready();
  const bootstrap = server.bootstrap(context, ['test', 'late']);
  // A page receives it as JSON.
  return { world, server, bootstrap: JSON.parse(JSON.stringify(bootstrap)) };
};

describe('a streamed page whose server decided', () => {
  it('hydrates without a warning or a flicker, and counts each exposure once', async () => {
    const { world, bootstrap } = await decideOnServer();
    world.serve(publish({ flags }));
    const html = await stream(onServer({ client: world.visit({ bootstrap, autoStart: false }) }));
    expect(html).toContain('<b>A</b>');
    expect(html).toContain('<i>1</i>');
    expect(world.batches).toEqual([]);

    const client = world.visit({ bootstrap });
    const { errors, texts } = await hydrate(html, inBrowser({ client }));
    expect(errors).toEqual([]);
    expect(texts).toEqual(['A1']);
    await client.refresh();
    expect(client.status()).toMatchObject({ source: 'network', revision: 1 });
    await client.flush();
    expect(world.received().map(({ flag }) => flag)).toEqual(['test', 'late']);
  });

  it('is the same with options, which a server component can hand over', async () => {
    const { bootstrap } = await decideOnServer();
    const asked = vi.fn(async () => new Response(publish({ flags })));
    const options = {
      endpoint: 'https://edge.test',
      key: 'pk_env_test_1',
      context,
      bootstrap,
      fetch: asked,
    };
    const html = await stream(onServer({ options }));
    await settle();
    expect(asked).not.toHaveBeenCalled();
    const { errors, texts, unmount } = await hydrate(html, inBrowser({ options }));
    expect(errors).toEqual([]);
    expect(texts).toEqual(['A1']);
    expect(asked).toHaveBeenCalled();
    await unmount();
  });
});

describe('a streamed page that shows the standing of its client', () => {
  it('hydrates without a warning, although the page knows more than the server did', async () => {
    const world = createWorld();
    world.serve(publish({ flags }));
    const show = ({ FlagProvider, useStatus }: typeof browserCopy, client: Client) =>
      createElement(
        FlagProvider,
        { client },
        createElement(() => useStatus().source),
      );
    const html = await stream(show(serverCopy, world.visit({ autoStart: false })));
    const client = world.visit();
    await client.ready();
    const { errors, texts } = await hydrate(html, show(browserCopy, client));
    expect(errors).toEqual([]);
    expect(texts).toEqual(['none', 'network']);
  });
});

describe('a streamed page whose server knew nothing', () => {
  it('hydrates with the defaults the server used, and follows the plan afterwards', async () => {
    const world = createWorld();
    world.serve(publish({ flags }));
    const html = await stream(onServer({ client: world.visit({ autoStart: false }) }));
    const client = world.visit();
    await client.ready();
    const { errors, texts } = await hydrate(html, inBrowser({ client }));
    expect(errors).toEqual([]);
    expect(texts).toEqual(['default0', 'A1']);
  });

  it('waits for the plan on both sides with suspense', async () => {
    const world = createWorld();
    world.serve(publish({ flags }));
    const suspense = 'waiting';
    const html = await stream(onServer({ client: world.visit({ autoStart: false }), suspense }));
    expect(html).toContain('<b>A</b>');
    const { errors, texts } = await hydrate(html, inBrowser({ client: world.visit(), suspense }));
    expect(errors).toEqual([]);
    expect(texts).toEqual(['A1']);
  });
});
