import type { Context } from '../types.ts';
import type { Client, ReadOptions, Status, Watchable } from './client.ts';
import { OPTED_OUT } from './device.ts';
import { explainWith } from './explainer.ts';
import { createIdentity } from './identity.ts';
import { createLink, type Environment } from './link.ts';
import type { ClientOptions } from './options.ts';
import { createOutbox } from './outbox.ts';
import { createCache } from './plan-cache.ts';
import { type CurrentPlan, createPlanSource } from './plan-source.ts';
import { createPoller, type Look } from './poller.ts';
import { createReader } from './reader.ts';
import { createRecorder } from './recorder.ts';
import type { Resolution } from './resolution.ts';
import { createStore } from './store.ts';

const READY_TIMEOUT_MS = 5_000;
const DEFAULT_REFRESH_MS = 30_000;

/** The environment that a key of ours belongs to: `pk_<environment>_<random>`. */
const environmentOf = (key: string): string | undefined => /^pk_(.+)_[^_]+$/.exec(key)?.[1];

/** Connects a page to its flags, without starting to look for plans; see `Client`. */
export const connect = (environment: Environment, options: ClientOptions): Client & Watchable => {
  const { bootstrap, refreshMs = DEFAULT_REFRESH_MS } = options;
  const { load, loadFull, page } = environment;
  let isAllowed = options.consent ?? true;
  let isStarted = false;
  let isReady = false;
  let failing = false;
  let status: Status = { source: 'none', stale: false, failing, dropped: 0 };
  let markReady = (): void => {};
  const whenReady = new Promise<void>((resolve) => {
    markReady = () => {
      isReady = true;
      resolve();
    };
  });

  const link = createLink(environment, options, () => isAllowed);
  const { now, report } = link;
  const outbox = createOutbox(link, () => updateStatus());
  const recorder = createRecorder(link, outbox);
  const identity = createIdentity(page, options.context, now());
  if (isAllowed) identity.persist();
  const plans = createPlanSource(link, environmentOf(options.key), load, 'client', (plan) =>
    usePlan(plan),
  );
  const store = createStore({ now, isStale: plans.isStale, report }, options, identity.context());
  const cache = createCache(link, plans);

  const read = (key: string, options?: ReadOptions): Resolution => {
    const answer = store.read(key, options);
    if (answer.exposure && !options?.quiet) recorder.expose(key, answer, identity.context());
    return answer;
  };
  const updateStatus = (): void => {
    const plan = plans.current();
    const next: Status = {
      revision: plan?.revision,
      engine: plan?.engineKind,
      source: plan?.origin ?? (bootstrap ? 'bootstrap' : 'none'),
      stale: plans.isStale(),
      failing,
      dropped: outbox.dropped(),
    };
    if (JSON.stringify(next) === JSON.stringify(status)) return;
    status = next;
    store.announce([]);
  };
  const usePlan = ({ engine, revision, origin }: CurrentPlan): void => {
    store.setPlan({ engine, revision });
    if (origin === 'network') cache.save();
    markReady();
    updateStatus();
  };
  const look = async (): Promise<Look> => {
    const result = await plans.look();
    failing = result.failed;
    // Time windows open and plans expire although nothing new was published.
    store.decide();
    markReady();
    updateStatus();
    return result;
  };
  const poller = createPoller(look, refreshMs, page, outbox.beacon);
  const setContext = (context: Context): void => {
    identity.set(context);
    store.setContext(identity.context());
  };
  /** Begins to store and send, unless this person opted out earlier. */
  const open = (): void => {
    if (identity.isOut()) recorder.shut(true);
    else recorder.open();
  };
  /** Begins after something about the person's wishes has changed. */
  const reopen = (): void => {
    identity.persist();
    store.setContext(identity.context());
    open();
  };
  /** Removes what was stored; all that stays of somebody who opted out is that they did. */
  const forget = (isOut: boolean): void => {
    recorder.shut(isOut);
    cache.remove();
    page?.setDevice(isOut ? OPTED_OUT : '');
  };

  if (bootstrap?.details || bootstrap?.values) markReady();
  if (bootstrap?.plan) void plans.take(bootstrap.plan, 'bootstrap');
  updateStatus();
  return {
    ...createReader(read),
    context: identity.context,
    setContext,
    subscribe: store.subscribe,
    status: () => status,
    isReady: () => isReady,
    ready() {
      if (!isReady) {
        setTimeout(markReady, READY_TIMEOUT_MS);
        if (!isStarted) void cache.load().then(poller.look);
      }
      return whenReady;
    },
    refresh: poller.look,
    track: (name, event) => recorder.track(name, event, identity.context()),
    explain: (key) =>
      explainWith(link, loadFull, plans.current(), identity.context(), key, 'client'),
    override: store.override,
    setConsent(allowed) {
      if (allowed === isAllowed) return;
      if (!allowed) forget(false);
      isAllowed = allowed;
      if (!allowed) return;
      reopen();
      cache.save();
    },
    optOut: () => forget(true),
    optIn() {
      page?.setDevice('');
      if (isAllowed) reopen();
      else recorder.shut(false);
    },
    flush: outbox.flush,
    start() {
      isStarted = true;
      if (isAllowed) open();
      void poller.start(cache.load());
    },
    async close() {
      isStarted = false;
      poller.stop();
      await outbox.flush();
      outbox.stop();
    },
    peek: store.read,
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
