import type { Environment } from '../client/environment.ts';
import { DEFAULT_REFRESH_MS } from '../client/limits.ts';
import type { BootstrapDecision } from '../client/options.ts';
import { expose, flush, openOutbox, stopSending, track } from '../client/outbox.ts';
import { look, statusOf } from '../client/plans.ts';
import { acknowledge, startPush, stopListening } from '../client/push.ts';
import { createReader } from '../client/reader.ts';
import { ask } from '../client/request.ts';
import { failure, type Resolution, resolve } from '../client/resolution.ts';
import { attempt, createState, report, type State } from '../client/state.ts';
import { demandSigned } from '../client/trust.ts';
import { FlagError } from '../errors.ts';
import type { Context } from '../types.ts';
import { createConditionalFetch } from './conditional-fetch.ts';
import type { ServerClient, ServerOptions, ServerReader } from './server-options.ts';
import { trustKeysAt } from './trusting.ts';

const decide = (state: State, key: string, context: Context): Resolution => {
  const { current, now } = state;
  if (!current) return failure('PROVIDER_NOT_READY');
  try {
    current.engine.setContext(context ?? {}, now());
    return resolve(current, key, now());
  } catch (cause) {
    report(state, `flag ${key} could not be decided`, cause);
    return failure('GENERAL');
  }
};

const connectServer = (
  environment: Environment,
  options: ServerOptions,
  runsBetweenRequests: boolean,
): ServerClient => {
  const { key, publicKeys, refreshMs = DEFAULT_REFRESH_MS, exposures = true } = options;
  const isSecret = `${key}`.startsWith('sk_');
  // A secret key never stands in an address, where logs would keep it.
  const adapt = createConditionalFetch(isSecret ? { authorization: `Bearer ${key}` } : {});
  let lookedAtMs: number | undefined;
  const state: State = {
    ...createState(
      { ...environment, adapt },
      options,
      runsBetweenRequests ? refreshMs : 0,
      (plan) => {
        lookedAtMs = state.now();
        if (plan) acknowledge(state);
      },
      ...(isSecret ? ['server', ''] : []),
    ),
    place: isSecret ? 'server' : undefined,
    isStarted: runsBetweenRequests,
  };
  if (publicKeys) state.trust = (signed) => demandSigned(publicKeys, signed);
  else if (publicKeys !== false) state.trust = trustKeysAt(state);

  const answer = (key: string, context: Context): Resolution => {
    const decided = decide(state, key, context);
    attempt(state, 'read', () => {
      if (exposures && decided.exposure) expose(state, key, decided, context ?? {});
      options.onDecision?.(key, decided, context ?? {}, state.current?.environment);
    });
    return decided;
  };

  void openOutbox(state);
  const first = runsBetweenRequests ? look(state) : undefined;
  // In a Worker a connection ends with the request that opened it.
  if (runsBetweenRequests) startPush(state);
  return {
    ...createReader<Context, ServerReader>(answer),
    bootstrap: (context, keys) => ({
      details: Object.fromEntries(
        keys
          .map((key) => [key, decide(state, key, context) as BootstrapDecision] as const)
          .filter(([, { value }]) => value !== undefined),
      ),
    }),
    track: (name, event, context) => track(state, name, event, context),
    async explain(key, context) {
      const { explain } = await environment.loadRare();
      return explain(FlagError, state, ask, context, key);
    },
    status: () => statusOf(state),
    async ready() {
      await first;
      const isFresh = lookedAtMs !== undefined && state.now() - lookedAtMs < refreshMs;
      if (!runsBetweenRequests && !isFresh) await look(state);
    },
    refresh: () => look(state),
    flush: () => flush(state),
    async close() {
      state.isStarted = false;
      stopListening(state);
      await flush(state);
      stopSending(state);
    },
  };
};

/** Makes the `createServerClient` of an environment; `runsBetweenRequests` says whether timers may run at any time. */
export const createServerConnector =
  (environment: Environment, runsBetweenRequests: boolean) =>
  (options: ServerOptions): ServerClient =>
    connectServer(environment, options, runsBetweenRequests);
