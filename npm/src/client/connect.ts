import { FlagError } from '../errors.ts';
import type { Context } from '../types.ts';
import type { Client, Reader, ReadOptions, Status, Watchable } from './client.ts';
import { OPTED_OUT } from './device.ts';
import { createIdentity } from './identity.ts';
import { DEFAULT_REFRESH_MS, READY_TIMEOUT_MS } from './limits.ts';
import { createLink, type Environment } from './link.ts';
import type { ClientOptions } from './options.ts';
import { createOutbox } from './outbox.ts';
import { type CurrentPlan, createPlanSource } from './plan-source.ts';
import { createPoller } from './poller.ts';
import { createReader } from './reader.ts';
import { createRecorder } from './recorder.ts';
import type { Resolution } from './resolution.ts';
import { createStore } from './store.ts';

/** Connects a page to its flags, without starting to look for plans; see `Client`. */
export const connect = (environment: Environment, options: ClientOptions): Client & Watchable => {
  const { bootstrap, consent = true, refreshMs = DEFAULT_REFRESH_MS } = options;
  const { page } = environment;
  let isAllowed = consent;
  let isStarted = false;
  let isReady = false;
  let status: Status | undefined;
  let cached: Promise<void> | undefined;
  let unwatch: (() => void) | undefined;
  let settle: () => void;
  const whenReady = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const markReady = (): void => {
    isReady = true;
    settle();
  };

  const link = createLink(environment, options, () => isAllowed);
  const slot = `plan:${link.keyPath}`;
  const identity = createIdentity(page, options.context, link.now());

  const updateStatus = (): void => {
    const { current, failing } = plans;
    const next: Status = {
      revision: current?.revision,
      engine: current?.kind,
      source: current?.origin ?? (bootstrap ? 'bootstrap' : 'none'),
      stale: plans.isStale(),
      failing,
      dropped: outbox.dropped,
    };
    if (JSON.stringify(next) === JSON.stringify(status)) return;
    status = next;
    store.announce([]);
  };
  /** Keeps the newest plan for the next visit. */
  const save = ({ bytes, etag, origin }: CurrentPlan): void => {
    if (origin === 'network') void link.vault('set', slot, { bytes, etag });
  };
  /** Puts the stored plan to use, once. */
  const load = (): Promise<void> => {
    cached ??= link.vault('get', slot).then((plan) => {
      const { bytes, etag } = (plan ?? {}) as Partial<CurrentPlan>;
      return bytes && plans.take(bytes, 'cache', etag);
    });
    return cached;
  };
  /** Decides again: time windows open and plans expire although nothing new was published. */
  const renew = (): void => {
    store.decide();
    markReady();
    updateStatus();
  };
  const outbox = createOutbox(link, updateStatus);
  const recorder = createRecorder(link, outbox);
  const plans = createPlanSource(link, options.key, environment.load, 'client', (plan) => {
    renew();
    save(plan);
  });
  const store = createStore(plans, link, identity, options);
  const poller = createPoller(
    async () => {
      await load();
      const retryMs = await plans.look();
      renew();
      return retryMs;
    },
    plans,
    refreshMs,
    page?.isHidden,
  );

  const read = (key: string, options?: ReadOptions): Resolution => {
    const answer = store.read(key, options);
    if (answer.exposure && !options?.quiet) recorder.expose(key, answer, identity.context());
    return answer;
  };
  /** Begins to store and send, as far as this person and the application want it. */
  const open = (): void => {
    if (!isAllowed) return;
    identity.persist();
    recorder.isOut = identity.isOut();
    if (recorder.isOut) recorder.shut();
    else if (isStarted) recorder.open();
  };
  /** Removes what was stored; all that stays of somebody who opted out is that they did. */
  const forget = (): void => {
    recorder.shut();
    void link.vault('set', slot, undefined);
    page?.setDevice(recorder.isOut ? OPTED_OUT : '');
  };

  open();
  if (bootstrap?.details || bootstrap?.values) markReady();
  if (bootstrap?.plan) void plans.take(bootstrap.plan, 'bootstrap');
  updateStatus();
  return {
    ...createReader<ReadOptions | undefined, Reader>(read),
    context: identity.context,
    setContext(next: Context) {
      identity.set(next);
      store.decide(true);
    },
    subscribe: store.subscribe,
    status: () => status as Status,
    isReady: () => isReady,
    ready() {
      if (!isReady) {
        setTimeout(markReady, READY_TIMEOUT_MS);
        if (!isStarted) void poller.look();
      }
      return whenReady;
    },
    refresh: poller.look,
    track: (name, event) => recorder.track(name, event, identity.context()),
    async explain(key) {
      return (await environment.loadExplain()).explain(
        FlagError,
        link,
        plans.current,
        identity.context(),
        key,
        'client',
      );
    },
    override: store.override,
    setConsent(allowed) {
      if (allowed === isAllowed) return;
      if (!allowed) forget();
      isAllowed = allowed;
      open();
      store.decide(true);
      if (plans.current) save(plans.current);
    },
    optOut() {
      recorder.isOut = true;
      forget();
    },
    optIn() {
      recorder.isOut = false;
      page?.setDevice('');
      open();
      store.decide(true);
    },
    flush: outbox.flush,
    start() {
      if (isStarted) return;
      isStarted = true;
      open();
      unwatch = page?.watch(outbox.beacon, poller.look);
      void poller.start();
    },
    async close() {
      isStarted = false;
      poller.stop();
      unwatch?.();
      await outbox.flush();
      outbox.stop();
    },
    cell: store.cell,
    initial: store.initial,
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
    if (options.autoStart ?? true) client.start();
    return client;
  };
