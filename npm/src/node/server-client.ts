import type { Status } from '../client/client.ts';
import { createLink, type Environment } from '../client/link.ts';
import type { BootstrapDecision } from '../client/options.ts';
import type { CurrentPlan } from '../client/plan-source.ts';
import { createPoller, type Look } from '../client/poller.ts';
import { failure, type Resolution, resolveDecision, toDetails } from '../client/resolution.ts';
import type { Context, FlagValue } from '../types.ts';
import type { ServerClient, ServerOptions } from './server-options.ts';

const DEFAULT_REFRESH_MS = 30_000;

const connectServer = (
  environment: Environment,
  options: ServerOptions,
  runsBetweenRequests: boolean,
): ServerClient => {
  const { refreshMs = DEFAULT_REFRESH_MS, exposures = true } = options;
  const link = createLink(environment, options, {
    isAllowed: () => true,
    onPlan: () => {},
    onDropped: () => {},
  });
  const { now, outbox, plans, recorder, report } = link;
  let isFailing = false;
  let lookedAtMs: number | undefined;

  const isStale = ({ envelope: { expiresMs } }: CurrentPlan): boolean =>
    expiresMs > 0 && now() > expiresMs;
  const look = async (): Promise<Look> => {
    const look = await plans.look();
    isFailing = look.failed;
    lookedAtMs = now();
    return look;
  };
  const poller = createPoller(look, runsBetweenRequests ? refreshMs : 0, undefined, () => {});

  const decide = (key: string, context: Context): Resolution => {
    const plan = plans.current();
    if (!plan) return failure('PROVIDER_NOT_READY');
    try {
      const { engine, envelope } = plan;
      const flag = engine.index(key);
      if (flag < 0) return failure('FLAG_NOT_FOUND');
      engine.setContext(context ?? {}, now());
      return resolveDecision(engine, flag, engine.decide(flag), envelope.revision, isStale(plan));
    } catch (cause) {
      report(`flag ${key} could not be decided`, cause);
      return failure('GENERAL');
    }
  };
  const answer = (key: string, context: Context): Resolution => {
    const resolution = decide(key, context);
    if (exposures) recorder.expose(key, resolution, context);
    return resolution;
  };
  const typed =
    (type: string) =>
    (key: string, fallback: FlagValue, context: Context): FlagValue => {
      const { value } = answer(key, context);
      return typeof value === type ? (value ?? fallback) : fallback;
    };
  const toBootstrapDecision = (resolution: Resolution): BootstrapDecision => ({
    ...toDetails(resolution, null),
    counts: resolution.counts,
  });

  void recorder.open();
  if (runsBetweenRequests) poller.start();
  return {
    getBoolean: typed('boolean'),
    getString: typed('string'),
    getNumber: typed('number'),
    getObject: typed('object'),
    getDetails: (key: string, fallback: FlagValue, context: Context) =>
      toDetails(answer(key, context), fallback),
    bootstrap(context, keys) {
      const decisions = keys
        .map((key) => [key, decide(key, context)] as const)
        .filter(([, { value }]) => value !== undefined);
      return {
        details: Object.fromEntries(
          decisions.map(([key, resolution]) => [key, toBootstrapDecision(resolution)]),
        ),
      };
    },
    track: (name, event, context) => recorder.track(name, event, context),
    explain: async (key, context) =>
      (await import('../client/explain.ts')).explain(link, environment.loadFull, context, key),
    status(): Status {
      const plan = plans.current();
      return {
        ...(plan && { revision: plan.envelope.revision, engine: plan.engineKind }),
        source: plan?.origin ?? 'none',
        stale: plan ? isStale(plan) : false,
        failing: isFailing,
        dropped: outbox.dropped(),
      };
    },
    async ready() {
      const isFresh = lookedAtMs !== undefined && now() - lookedAtMs < refreshMs;
      if (!plans.current() || (!runsBetweenRequests && !isFresh)) await poller.look();
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
