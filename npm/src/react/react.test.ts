// @vitest-environment happy-dom
import { act, createElement, type ReactElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { always, experiment, publish } from '../test/plans.ts';
import { createWorld, settle } from '../test/world.ts';
import {
  FlagProvider,
  useClient,
  useFlag,
  useFlagDetails,
  useStatus,
  useVariant,
} from './index.ts';

// What components see, how often they render, and what is counted for them.

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const flags = {
  copy: always('hello'),
  theme: always({ colour: 'red' }),
  test: experiment('A', 'B', 100),
};

const mount = async (element: ReactElement) => {
  const container = document.createElement('div');
  const root = createRoot(container);
  await act(async () => root.render(element));
  return {
    text: () => container.textContent,
    unmount: () => act(async () => root.unmount()),
  };
};

const open = async () => {
  const world = createWorld();
  world.serve(publish({ flags }));
  const client = world.visit();
  await client.ready();
  return { world, client };
};

describe('useFlag', () => {
  it('gives the value, and renders again only the component whose flag changed', async () => {
    const { world, client } = await open();
    const renders = { copy: 0, theme: 0 };
    const Copy = () => {
      renders.copy += 1;
      return createElement('p', null, useFlag('copy', 'default'));
    };
    const Theme = () => {
      renders.theme += 1;
      return createElement('p', null, useFlag('theme', { colour: 'none' }).colour);
    };
    const page = await mount(
      createElement(FlagProvider, { client }, createElement(Copy), createElement(Theme)),
    );
    expect(page.text()).toBe('hellored');
    world.serve(publish({ flags: { ...flags, copy: always('bye') }, revision: 2 }));
    await act(() => client.refresh());
    expect(page.text()).toBe('byered');
    expect(renders).toEqual({ copy: 2, theme: 1 });
    await act(async () => client.setContext({ units: { user: 'u2' } }));
    expect(renders).toEqual({ copy: 2, theme: 1 });
  });

  it('gives the default for a flag of another type and for an unknown one', async () => {
    const { client } = await open();
    const Both = () => `${useFlag('copy', 5)} ${useFlag('nowhere', 'default')}`;
    const page = await mount(createElement(FlagProvider, { client }, createElement(Both)));
    expect(page.text()).toBe('5 default');
  });

  it('keeps what an experiment drew, unless the component wants it live', async () => {
    const { world, client } = await open();
    const Test = () => `${useFlag('test', '')}${useFlag('test', '', { live: true })}`;
    const page = await mount(createElement(FlagProvider, { client }, createElement(Test)));
    expect(page.text()).toBe('AA');
    world.serve(publish({ flags: { test: experiment('A', 'B', 0) }, revision: 2 }));
    await act(() => client.refresh());
    expect(page.text()).toBe('AB');
  });
});

describe('exposures', () => {
  it('are counted once for a mounted component, also under StrictMode', async () => {
    const { world, client } = await open();
    const Test = () => `${useFlag('test', '')} ${useVariant('test')}`;
    const page = await mount(
      createElement(StrictMode, null, createElement(FlagProvider, { client }, createElement(Test))),
    );
    expect(page.text()).toBe('A a');
    await client.flush();
    expect(world.received()).toMatchObject([{ flag: 'test', units: { user: 'u1' } }]);
  });

  it('are counted for the next person who sees the same variant', async () => {
    const { world, client } = await open();
    const Test = () => useFlag('test', '');
    const page = await mount(createElement(FlagProvider, { client }, createElement(Test)));
    await act(async () => client.setContext({ units: { user: 'u2' } }));
    await page.unmount();
    client.setContext({ units: { user: 'u3' } });
    await client.flush();
    expect(world.received().map(({ units }) => units.user)).toEqual(['u1', 'u2']);
  });

  it('are not counted for a quiet component', async () => {
    const { world, client } = await open();
    const Panel = () => useFlagDetails('test', '', { quiet: true }).value;
    await mount(createElement(FlagProvider, { client }, createElement(Panel)));
    await act(async () => client.setContext({ units: { user: 'u2' } }));
    await client.flush();
    expect(world.received()).toEqual([]);
  });
});

describe('useFlagDetails', () => {
  it('tells the reason', async () => {
    const { client } = await open();
    const Story = () => {
      const { value, variant, reason, revision } = useFlagDetails('test', '');
      return [value, variant, reason, revision].join(' ');
    };
    const page = await mount(createElement(FlagProvider, { client }, createElement(Story)));
    expect(page.text()).toBe('A a SPLIT 1');
  });
});

describe('useClient and useStatus', () => {
  it('give the client and its standing', async () => {
    const { world, client } = await open();
    const Status = () => {
      const { revision, source } = useStatus();
      return `${useClient() === client} ${revision} ${source}`;
    };
    const page = await mount(createElement(FlagProvider, { client }, createElement(Status)));
    expect(page.text()).toBe('true 1 network');
    world.serve(publish({ flags, revision: 2 }));
    await act(() => client.refresh());
    expect(page.text()).toBe('true 2 network');
  });

  it('are a set-up error outside of a provider', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await expect(mount(createElement(() => useFlag('copy', '')))).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
    });
  });
});

describe('suspense', () => {
  it('shows the fallback until there is a plan', async () => {
    const world = createWorld();
    let answer = (_: Response): void => {};
    world.config = new Promise((resolve) => {
      answer = resolve;
    });
    const client = world.visit();
    const Copy = () => useFlag('copy', 'default');
    const page = await mount(
      createElement(FlagProvider, { client, suspense: 'waiting' }, createElement(Copy)),
    );
    expect(page.text()).toBe('waiting');
    await act(async () => {
      answer(new Response(publish({ flags })));
      await settle();
    });
    expect(page.text()).toBe('hello');
  });
});

describe('a provider with options', () => {
  it('makes a client of its own, which starts and stops with it, also under StrictMode', async () => {
    const world = createWorld();
    let arrive = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const asked: string[] = [];
    const fetched = (url: unknown): Promise<Response> => {
      asked.push(new URL(String(url)).pathname);
      return arrived.then(() => new Response(publish({ flags })));
    };
    const options = {
      endpoint: 'https://edge.test',
      key: 'pk_env_test_1',
      context: { units: { user: 'u1' } },
      bootstrap: { values: { copy: 'from the server' } },
      fetch: fetched,
      logger: () => {},
    };
    const Copy = () => useFlag('copy', 'default');
    const page = await mount(
      createElement(
        StrictMode,
        null,
        createElement(FlagProvider, { options }, createElement(Copy)),
      ),
    );
    expect(page.text()).toBe('from the server');
    await act(async () => {
      arrive();
      await settle();
    });
    expect(page.text()).toBe('hello');
    await page.unmount();
    await world.pass(600_000);
    // StrictMode starts it twice; after the end only what was counted leaves.
    expect([...new Set(asked)]).toEqual(['/v1/config/pk_env_test_1', '/v1/events']);
    expect(asked.length).toBeLessThanOrEqual(3);
  });
});
