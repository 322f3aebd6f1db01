import { FlagError } from '../errors.ts';
import type { Context } from '../types.ts';
import type { Client, Connected, Reader, ReadOptions, Status } from './client.ts';
import { OPTED_OUT } from './device.ts';
import type { Environment } from './environment.ts';
import { DEFAULT_REFRESH_MS, READY_TIMEOUT_MS } from './limits.ts';
import type { ClientOptions } from './options.ts';
import { flush, leave, openOutbox, shutOutbox, stopSending, track } from './outbox.ts';
import { keepPlan, look, statusOf, takePlan } from './plans.ts';
import { acknowledge, startPush, stopListening } from './push.ts';
import { read } from './read.ts';
import { createReader } from './reader.ts';
import { ask } from './request.ts';
import { attempt, createState, type State } from './state.ts';
import { contextOf, renew, serve, subscribe } from './table.ts';
import { uuidv7 } from './uuid.ts';

/** Takes the application's context. */
const takeContext = (state: State, next: Context | undefined): void => {
  // A context whose getters throw says nothing.
  state.given = {};
  attempt(state, 'context', () => {
    state.given = { ...next, units: { ...next?.units } };
  });
};

/** Begins to store and send, as far as this person and the application want it. */
const open = (state: State): void => {
  if (!state.isAllowed) return;
  const known = state.page?.device();
  state.isOut = known === OPTED_OUT;
  if (state.isOut) void shutOutbox(state);
  else {
    // Before consent the id lives in memory only.
    state.deviceId = known ?? state.deviceId;
    state.page?.setDevice(state.deviceId as string);
    if (state.isStarted) void openOutbox(state);
  }
};

/** Removes what was stored; all that stays of somebody who opted out is that they did. */
const forget = (state: State): void => {
  void shutOutbox(state);
  keepPlan(state, undefined);
  state.page?.setDevice(state.isOut ? OPTED_OUT : '');
};

/** Connects a page to its flags, without starting to look for plans; see `Client`. */
export const connect = (environment: Environment, options: ClientOptions): Connected => {
  let status: Status | undefined;
  let unwatch: (() => void) | undefined;
  let markReady = (): void => {};
  const whenReady = new Promise<void>((resolve) => {
    markReady = () => {
      state.isReady = true;
      resolve();
    };
  });
  const state = createState(
    environment,
    options,
    options.refreshMs ?? DEFAULT_REFRESH_MS,
    (plan) => {
      // Also without a new plan: time windows open, and plans expire.
      renew(state);
      markReady();
      if (!plan) return;
      if (plan.origin === 'network') keepPlan(state, plan);
      acknowledge(state);
    },
  );

  // A server that invented a device would draw another variant than the browser.
  if (state.page) state.deviceId = uuidv7(state.now());
  const { bootstrap, publicKeys } = options;
  if (publicKeys)
    state.trust = async (signed) => (await state.loadRare()).demandSigned(publicKeys, signed);
  for (const key in options.overrides) state.replaced.set(key, options.overrides[key]);
  takeContext(state, options.context);
  open(state);
  if (bootstrap) {
    serve(state, bootstrap);
    if (bootstrap.details || bootstrap.values) markReady();
    if (bootstrap.plan) void takePlan(state, bootstrap.plan, 'bootstrap');
  }
  return {
    ...createReader<ReadOptions | undefined, Reader>((key, how) => read(state, key, how)),
    context: () => contextOf(state),
    setContext(next) {
      takeContext(state, next);
      renew(state, true);
    },
    subscribe: (listener) => subscribe(state, listener),
    status() {
      const next = statusOf(state);
      if (JSON.stringify(next) !== JSON.stringify(status)) status = next;
      return status as Status;
    },
    ready() {
      if (!state.isReady) {
        setTimeout(markReady, READY_TIMEOUT_MS);
        if (!state.isStarted) void look(state);
      }
      return whenReady;
    },
    refresh: () => look(state),
    track: (name, event) => track(state, name, event, contextOf(state)),
    async explain(key) {
      const { explain } = await state.loadRare();
      return explain(FlagError, state, ask, contextOf(state), key);
    },
    override(key, value) {
      state.replaced.set(key, value);
      renew(state);
    },
    setConsent(allowed) {
      if (allowed === state.isAllowed) return;
      if (!allowed) forget(state);
      state.isAllowed = allowed;
      open(state);
      renew(state, true);
      keepPlan(state, state.current);
    },
    optOut() {
      state.isOut = true;
      forget(state);
    },
    optIn() {
      state.isOut = false;
      state.page?.setDevice('');
      open(state);
      renew(state, true);
    },
    flush: () => flush(state),
    start() {
      if (state.isStarted) return;
      state.isStarted = true;
      open(state);
      unwatch = state.page?.watch(() => {
        if (state.page?.isHidden()) leave(state);
        else {
          void look(state);
          // A page that ended without a word may have left something.
          void flush(state);
          startPush(state);
        }
      });
      void look(state);
      startPush(state);
    },
    async close() {
      state.isStarted = false;
      stopListening(state);
      unwatch?.();
      await flush(state);
      // It may have been started again meanwhile.
      if (!state.isStarted) stopSending(state);
    },
    state,
  };
};

/** Makes the `createClient` of an environment. */
export const createConnector =
  (environment: Environment): ((options: ClientOptions) => Client) =>
  (options) => {
    const client = connect(environment, options);
    if (options.autoStart !== false) client.start();
    return client;
  };
