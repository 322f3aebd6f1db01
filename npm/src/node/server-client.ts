import type { Status } from '../client/client.ts';
import { DEFAULT_REFRESH_MS } from '../client/limits.ts';
import { createLink, type Environment, type Trust } from '../client/link.ts';
import type { BootstrapDecision } from '../client/options.ts';
import { createPlans } from '../client/plans.ts';
import { createPush } from '../client/push.ts';
import { createReader } from '../client/reader.ts';
import { createRecorder } from '../client/recorder.ts';
import { failure, type Resolution, resolve } from '../client/resolution.ts';
import { demandSigned } from '../client/trust.ts';
import { FlagError } from '../errors.ts';
import type { Context } from '../types.ts';
import { createConditionalFetch } from './conditional-fetch.ts';
import type { ServerClient, ServerOptions, ServerReader } from './server-options.ts';
import { trustKeysAt } from './trusting.ts';

const connectServer = (
  environment: Environment,
  options: ServerOptions,
  runsBetweenRequests: boolean,
): ServerClient => {
  const { key, publicKeys, refreshMs = DEFAULT_REFRESH_MS, exposures = true } = options;
  const isSecret = `${key}`.startsWith('sk_');
  // A secret key never stands in an address, where logs would keep it.
  const adapt = createConditionalFetch(isSecret ? { authorization: `Bearer ${key}` } : {});
  const link = createLink(
    { ...environment, adapt },
    options,
    () => true,
    isSecret ? 'server' : undefined,
  );
  const { keyPath, now, report } = link;
  const query = isSecret ? '' : `?key=${keyPath}`;
  const recorder = createRecorder(link, `events${query}`, options.dimensions, () => {});
  const trust: Trust | undefined = publicKeys
    ? (signed) => demandSigned(publicKeys, signed)
    : publicKeys === false
      ? undefined
      : trustKeysAt(link, `keys${query}`);
  const place = isSecret ? 'server' : 'client';
  let lookedAtMs: number | undefined;
  const plans = createPlans(
    link,
    environment.load,
    key,
    place,
    runsBetweenRequests ? refreshMs : 0,
    trust,
    (plan) => {
      lookedAtMs = now();
      if (plan) push.acknowledge();
    },
  );
  const push = createPush(link, plans, () => {});

  const decide = (key: string, context: Context): Resolution => {
    const plan = plans.current;
    if (!plan) return failure('PROVIDER_NOT_READY');
    try {
      plan.engine.setContext(context ?? {}, now());
      return resolve(plan, key, now());
    } catch (cause) {
      report(`flag ${key} could not be decided`, cause);
      return failure('GENERAL');
    }
  };
  const answer = (key: string, context: Context): Resolution => {
    const decided = decide(key, context);
    link.attempt('read', () => {
      if (exposures && decided.exposure) recorder.expose(key, decided, context ?? {});
      options.onDecision?.(key, decided, context ?? {}, plans.current?.environment);
    });
    return decided;
  };

  void recorder.open();
  const first = runsBetweenRequests ? plans.start() : undefined;
  // In a Worker a connection ends with the request that opened it.
  if (runsBetweenRequests) push.start();
  return {
    ...createReader<Context, ServerReader>(answer),
    bootstrap: (context, keys) => ({
      details: Object.fromEntries(
        keys
          .map((key) => [key, decide(key, context) as BootstrapDecision] as const)
          .filter(([, { value }]) => value !== undefined),
      ),
    }),
    track: recorder.track,
    async explain(key, context) {
      const { explain } = await environment.loadRare();
      return explain(FlagError, link, plans.current, context, key, place);
    },
    status: (): Status => ({
      revision: plans.current?.revision,
      engine: plans.current?.kind,
      source: plans.current?.origin ?? 'none',
      stale: plans.isStale(),
      failing: plans.failures > 0,
      live: plans.isLive,
      dropped: recorder.dropped,
    }),
    async ready() {
      await first;
      const isFresh = lookedAtMs !== undefined && now() - lookedAtMs < refreshMs;
      if (!runsBetweenRequests && !isFresh) await plans.look();
    },
    refresh: plans.look,
    flush: recorder.flush,
    async close() {
      plans.stop();
      push.stop();
      await recorder.flush();
      recorder.stop();
    },
  };
};

/** Makes the `createServerClient` of an environment; `runsBetweenRequests` says whether timers may run at any time. */
export const createServerConnector =
  (environment: Environment, runsBetweenRequests: boolean) =>
  (options: ServerOptions): ServerClient =>
    connectServer(environment, options, runsBetweenRequests);
