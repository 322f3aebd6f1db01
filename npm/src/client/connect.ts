import { FlagError } from '../errors.ts';
import type { Context } from '../types.ts';
import type { Client, Reader, ReadOptions, Status, Watchable } from './client.ts';
import { OPTED_OUT } from './device.ts';
import { DEFAULT_REFRESH_MS, READY_TIMEOUT_MS } from './limits.ts';
import { createLink, type Environment } from './link.ts';
import type { ClientOptions } from './options.ts';
import { type CurrentPlan, createPlans } from './plans.ts';
import { createPush } from './push.ts';
import { createReader } from './reader.ts';
import { createRecorder } from './recorder.ts';
import type { Resolution } from './resolution.ts';
import { type Ask, createStore } from './store.ts';
import { uuidv7 } from './uuid.ts';

/** Connects a page to its flags, without starting to look for plans; see `Client`. */
export const connect = (environment: Environment, options: ClientOptions): Client & Watchable => {
  const {
    bootstrap,
    consent = true,
    publicKeys,
    refreshMs = DEFAULT_REFRESH_MS,
    remoteEvaluation = true,
  } = options;
  const { page } = environment;
  let isAllowed = consent;
  let isStarted = false;
  let isReady = false;
  let status: Status | undefined;
  let unwatch: (() => void) | undefined;
  let settle: () => void;
  const whenReady = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const link = createLink(environment, options, () => isAllowed);
  const { keyPath, now, vault } = link;
  const slot = `pennon:plan:${keyPath}`;
  /** The application's context. */
  let given: Context = {};
  // A server that invented a device would draw another variant than the browser.
  let device = page && uuidv7(now());
  const context = (): Context => ({ ...given, units: { device, ...given.units } });
  const take = (next: Context | undefined): void => {
    try {
      given = { ...next, units: { ...next?.units } };
    } catch {
      // A context whose getters throw says nothing.
      given = {};
    }
  };

  const markReady = (): void => {
    isReady = true;
    settle();
  };
  /** Keeps the newest plan for the next visit. */
  const save = (plan: CurrentPlan | undefined): void => {
    if (plan?.origin === 'network') void vault('set', slot, [...plan.bytes]);
  };
  const ask: Ask = (asker, flags) =>
    remoteEvaluation && isAllowed && isStarted && !recorder.isOut
      ? environment.loadRare().then(({ evaluate }) => evaluate(link, asker, flags))
      : undefined;
  const announce = (): void => store.announce([]);
  const recorder = createRecorder(link, `events?key=${keyPath}`, options.dimensions, announce);
  const plans = createPlans(
    link,
    environment.load,
    options.key,
    'client',
    refreshMs,
    publicKeys &&
      (async (signed) => (await environment.loadRare()).demandSigned(publicKeys, signed)),
    (plan) => {
      // Also without a new plan: time windows open, and plans expire.
      store.renew();
      markReady();
      save(plan);
      if (plan) push.acknowledge();
    },
    async () => {
      const stored = await vault('get', slot);
      if (stored) await plans.take(stored as number[], 'cache');
    },
  );
  const push = createPush(link, plans, announce);
  const store = createStore(plans, link, context, ask, options);

  const read = (key: string, how?: ReadOptions): Resolution => {
    const answer = store.answer(key, how);
    link.attempt('read', () => {
      if (answer.exposure && !how?.quiet) recorder.expose(key, answer, context());
      options.onDecision?.(key, answer, context(), plans.current?.environment);
    });
    return answer;
  };
  /** Begins to store and send, as far as this person and the application want it. */
  const open = (): void => {
    if (!isAllowed) return;
    const known = page?.device();
    recorder.isOut = known === OPTED_OUT;
    if (recorder.isOut) recorder.shut();
    else {
      // Before consent the id lives in memory only.
      device = known ?? device;
      page?.setDevice(device as string);
      if (isStarted) void recorder.open();
    }
  };
  /** Removes what was stored; all that stays of somebody who opted out is that they did. */
  const forget = (): void => {
    recorder.shut();
    void vault('set', slot, undefined);
    page?.setDevice(recorder.isOut ? OPTED_OUT : '');
  };

  take(options.context);
  open();
  if (bootstrap?.details || bootstrap?.values) markReady();
  if (bootstrap?.plan) void plans.take(bootstrap.plan, 'bootstrap');
  return {
    ...store,
    ...createReader<ReadOptions | undefined, Reader>(read),
    context,
    setContext(next) {
      take(next);
      store.renew(true);
    },
    status() {
      const { current, failures } = plans;
      const next: Status = {
        revision: current?.revision,
        engine: current?.kind,
        source: current?.origin ?? (bootstrap ? 'bootstrap' : 'none'),
        stale: plans.isStale(),
        failing: failures > 0,
        live: plans.isLive,
        dropped: recorder.dropped,
      };
      if (JSON.stringify(next) !== JSON.stringify(status)) status = next;
      return status as Status;
    },
    isReady: () => isReady,
    ready() {
      if (!isReady) {
        setTimeout(markReady, READY_TIMEOUT_MS);
        if (!isStarted) void plans.look();
      }
      return whenReady;
    },
    refresh: plans.look,
    track: (name, event) => recorder.track(name, event, context()),
    async explain(key) {
      const { explain } = await environment.loadRare();
      return explain(FlagError, link, plans.current, context(), key, 'client');
    },
    setConsent(allowed) {
      if (allowed === isAllowed) return;
      if (!allowed) forget();
      isAllowed = allowed;
      open();
      store.renew(true);
      save(plans.current);
    },
    optOut() {
      recorder.isOut = true;
      forget();
    },
    optIn() {
      recorder.isOut = false;
      page?.setDevice('');
      open();
      store.renew(true);
    },
    flush: recorder.flush,
    start() {
      if (isStarted) return;
      isStarted = true;
      open();
      unwatch = page?.watch(() => {
        if (page.isHidden()) recorder.leave();
        else {
          void plans.look();
          // A page that ended without a word may have left something.
          void recorder.flush();
          push.start();
        }
      });
      void plans.start();
      push.start();
    },
    async close() {
      isStarted = false;
      plans.stop();
      push.stop();
      unwatch?.();
      await recorder.flush();
      recorder.stop();
    },
    watch(key, listener, options) {
      read(key, options);
      return store.subscribe(() => {
        read(key, options);
        listener();
      });
    },
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
