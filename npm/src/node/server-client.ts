import type { Status } from '../client/client.ts';
import { explainWith } from '../client/explainer.ts';
import { createLink, type Environment } from '../client/link.ts';
import type { BootstrapDecision } from '../client/options.ts';
import { createOutbox } from '../client/outbox.ts';
import { createPlanSource } from '../client/plan-source.ts';
import { createPoller, type Look } from '../client/poller.ts';
import { createRecorder } from '../client/recorder.ts';
import { failure, type Resolution, resolveDecision, toDetails } from '../client/resolution.ts';
import type { Context, FlagValue } from '../types.ts';
import type { ServerClient, ServerOptions } from './server-options.ts';

const DEFAULT_REFRESH_MS = 30_000;

/** The environment that a key of ours belongs to. */
const environmentOf = (key: string): string | undefined => /^[ps]k_(.+)_[^_]+$/.exec(key)?.[1];

const connectServer = (
  environment: Environment,
  options: ServerOptions,
  runsBetweenRequests: boolean,
): ServerClient => {
  const { key, refreshMs = DEFAULT_REFRESH_MS, exposures = true } = options;
  const link = createLink(environment, options, () => true);
  const { now, report } = link;
  const outbox = createOutbox(link, () => {});
  const recorder = createRecorder(link, outbox);
  const place = key.startsWith('sk_') ? 'server' : 'client';
  const plans = createPlanSource(link, environmentOf(key), environment.load, place, () => {});
  let failing = false;
  let lookedAtMs: number | undefined;

  const look = async (): Promise<Look> => {
    const result = await plans.look();
    failing = result.failed;
    lookedAtMs = now();
    return result;
  };
  const poller = createPoller(look, runsBetweenRequests ? refreshMs : 0, undefined, () => {});

  const decide = (key: string, context: Context): Resolution => {
    const plan = plans.current();
    if (!plan) return failure('PROVIDER_NOT_READY');
    try {
      const { engine, revision } = plan;
      const flag = engine.index(key);
      if (flag < 0) return failure('FLAG_NOT_FOUND');
      engine.setContext(context ?? {}, now());
      return resolveDecision(engine, flag, engine.decide(flag), revision, plans.isStale());
    } catch (cause) {
      report(`flag ${key} could not be decided`, cause);
      return failure('GENERAL');
    }
  };
  const answer = (key: string, context: Context): Resolution => {
    const resolution = decide(key, context);
    if (exposures && resolution.exposure) recorder.expose(key, resolution, context ?? {});
    return resolution;
  };
  const typed =
    (type: string) =>
    (key: string, fallback: FlagValue, context: Context): FlagValue => {
      const { value } = answer(key, context);
      return typeof value === type ? (value ?? fallback) : fallback;
    };

  recorder.open();
  const first = runsBetweenRequests ? poller.start() : undefined;
  return {
    getBoolean: typed('boolean'),
    getString: typed('string'),
    getNumber: typed('number'),
    getObject: typed('object'),
    getDetails: (key: string, fallback: FlagValue, context: Context) =>
      toDetails(answer(key, context), fallback),
    bootstrap: (context, keys) => ({
      details: Object.fromEntries(
        keys
          .map((key) => [key, decide(key, context) as BootstrapDecision] as const)
          .filter(([, { value }]) => value !== undefined),
      ),
    }),
    track: recorder.track,
    explain: (key, context) =>
      explainWith(link, environment.loadFull, plans.current(), context, key, place),
    status(): Status {
      const plan = plans.current();
      return {
        revision: plan?.revision,
        engine: plan?.engineKind,
        source: plan?.origin ?? 'none',
        stale: plans.isStale(),
        failing,
        dropped: outbox.dropped(),
      };
    },
    async ready() {
      await first;
      const isFresh = lookedAtMs !== undefined && now() - lookedAtMs < refreshMs;
      if (!runsBetweenRequests && !isFresh) await poller.look();
    },
    refresh: poller.look,
    flush: outbox.flush,
    async close() {
      poller.stop();
      await outbox.flush();
      outbox.stop();
    },
  } as ServerClient;
};

/** Makes the `createServerClient` of an environment; `runsBetweenRequests` says whether timers may run at any time. */
export const createServerConnector =
  (environment: Environment, runsBetweenRequests: boolean) =>
  (options: ServerOptions): ServerClient =>
    connectServer(environment, options, runsBetweenRequests);
