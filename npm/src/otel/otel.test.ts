import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createServerClient } from '../entry/server-node.ts';
import { always, experiment, publish, signingKey } from '../test/plans.ts';
import { createWorld } from '../test/world.ts';
import { recordDecisions } from './index.ts';

// Decisions become events of the active span.

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const flags = { test: experiment('A', 'B', 100), plain: always(true) };

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  trace.setGlobalTracerProvider(provider);
});

afterEach(() => {
  exporter.reset();
  vi.useRealTimers();
});

afterAll(() => provider.shutdown());

/** The events of a span that is active while `action` runs. */
const eventsDuring = (action: () => unknown) => {
  trace.getTracer('test').startActiveSpan('request', (span) => {
    action();
    span.end();
  });
  return exporter.getFinishedSpans().flatMap(({ events }) => events);
};

const visit = async (options: Parameters<typeof recordDecisions>[0]) => {
  const world = createWorld();
  world.serve(publish({ flags, revision: 7 }));
  const client = world.visit({ onDecision: recordDecisions(options) });
  await client.ready();
  return client;
};

describe('a decision in a browser', () => {
  it('is an event with the attributes of the semantic conventions', async () => {
    const client = await visit({});
    const events = eventsDuring(() => client.getString('test', ''));
    expect(events).toHaveLength(1);
    expect(events[0]?.name).toBe('feature_flag.evaluation');
    expect(events[0]?.attributes).toEqual({
      'feature_flag.key': 'test',
      'feature_flag.provider.name': 'pennon',
      'feature_flag.result.variant': 'a',
      'feature_flag.result.reason': 'split',
      'feature_flag.set.id': 'env_test',
      'feature_flag.version': '7',
    });
  });

  it('names who asks only when it is told to', async () => {
    const client = await visit({ contextId: 'user' });
    const [event] = eventsDuring(() => client.getBoolean('plain', false));
    expect(event?.attributes).toMatchObject({ 'feature_flag.context.id': 'u1' });
  });

  it('that is an error says which, and an override says its value', async () => {
    const client = await visit({});
    client.override('plain', false);
    const events = eventsDuring(() => {
      client.getString('nowhere', '');
      client.getBoolean('plain', true);
    });
    expect(events.map(({ attributes }) => attributes)).toMatchObject([
      { 'feature_flag.result.reason': 'error', 'error.type': 'flag_not_found' },
      { 'feature_flag.result.reason': 'static', 'feature_flag.result.value': 'false' },
    ]);
  });

  it('outside of a span, or with a listener that throws, is no trouble', async () => {
    const client = await visit({});
    expect(client.getString('test', '')).toBe('A');
    const world = createWorld();
    world.serve(publish({ flags }));
    const other = world.visit({
      onDecision: () => {
        throw new Error('a bug of the application');
      },
    });
    await other.ready();
    expect(other.getString('test', '')).toBe('A');
    expect(world.warnings).toContain('read');
  });
});

describe('a decision on a server', () => {
  it('is an event of the request that asked', async () => {
    const client = createServerClient({
      endpoint: 'https://edge.test',
      key: 'sk_env_test_1',
      refreshMs: 0,
      publicKeys: [signingKey.publicKey],
      fetch: async () => new Response(publish({ flags, audience: 'server' })),
      onDecision: recordDecisions(),
    });
    await client.ready();
    const [event] = eventsDuring(() => client.getString('test', '', { units: { user: 'u9' } }));
    expect(event?.attributes).toMatchObject({
      'feature_flag.key': 'test',
      'feature_flag.result.variant': 'a',
      'feature_flag.set.id': 'env_test',
    });
    await client.close();
  });
});
