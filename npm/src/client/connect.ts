import type { Context } from '../types.ts';
import type { Client, ReadOptions, Status, Watchable } from './client.ts';
import { createIdentity } from './identity.ts';
import { createLink, type Environment } from './link.ts';
import type { ClientOptions } from './options.ts';
import type { CurrentPlan } from './plan-source.ts';
import { createCache } from './plan-cache.ts';
import { createPoller, type Look } from './poller.ts';
import { createReader } from './reader.ts';
import type { Resolution } from './resolution.ts';
import { createStore } from './store.ts';

const READY_TIMEOUT_MS = 5_000;
const DEFAULT_REFRESH_MS = 30_000;

/** Connects a page to its flags; see `Client`. */
export const connect = (
  environment: Environment,
  options: ClientOptions,
): Client & Watchable => {
  const { bootstrap, refreshMs = DEFAULT_REFRESH_MS } = options;
  const { page } = environment;
  let isAllowed = options.consent ?? true;
  let isStarted = false;
  let isReady = false;
  let isFailing = false;
  let status: Status = { source: 'none', stale: false, failing: false, dropped: 0 };
  let markReady = (): void => {};
  const whenReady = new Promise<void>((resolve) => {
    markReady = () => {
      isReady = true;
      resolve();
    };
  });

  const link = createLink(environment, options, {
    isAllowed: () => isAllowed,
    onPlan: (plan) => usePlan(plan),
    onDropped: () => updateStatus(),
  });
  const { now, outbox, plans, recorder, report } = link;
  const identity = createIdentity(page, options.context, now());
  if (isAllowed) identity.persist();
  const expose = (key: string, answer: Resolution): Resolution => {
    recorder.expose(key, answer, identity.context());
    return answer;
  };
  const isStale = (): boolean => {
    const expiresMs = plans.current()?.envelope.expiresMs ?? 0;
    return expiresMs > 0 && now() > expiresMs;
  };
  const store = createStore(
    { now, isStale, seen: expose, report },
    identity.context(),
    bootstrap,
    options.overrides,
  );
  const cache = createCache(link, store, () => identity.context(), `plan:${options.key}`);

  const updateStatus = (): void => {
    const plan = plans.current();
    const next: Status = {
      ...(plan && { revision: plan.envelope.revision, engine: plan.engineKind }),
      source: plan?.origin ?? (bootstrap ? 'bootstrap' : 'none'),
      stale: isStale(),
      failing: isFailing,
      dropped: outbox.dropped(),
    };
    if (JSON.stringify(next) === JSON.stringify(status)) return;
    status = next;
    store.announce([]);
  };
  const usePlan = ({ engine, envelope, origin }: CurrentPlan): void => {
    store.setPlan({ engine, revision: envelope.revision });
    if (origin === 'network') cache.save();
    markReady();
    updateStatus();
  };
  const look = async (): Promise<Look> => {
    const look = await plans.look();
    isFailing = look.failed;
    // Time windows open and plans expire although nothing new was published.
    store.decide();
    markReady();
    updateStatus();
    void outbox.adopt();
    return look;
  };
  const poller = createPoller(look, refreshMs, page, () => outbox.beacon());
  const setContext = (context: Context): void => {
    identity.set(context);
    store.setContext(identity.context());
  };

  if (bootstrap?.details || bootstrap?.values) markReady();
  if (bootstrap?.plan) void plans.take(bootstrap.plan, 'bootstrap');
  updateStatus();

  const begin = async (): Promise<void> => {
    if (isAllowed) void recorder.open();
    await cache.load();
    if (isStarted) poller.start();
  };
  const forget = async (remember: boolean): Promise<void> => {
    identity.forget();
    await cache.remove();
    await recorder.close(remember);
  };

  const client: Client & Watchable = {
    ...createReader((key, read) => expose(key, store.read(key, read))),
    get context() {
      return identity.context();
    },
    setContext,
    subscribe: store.subscribe,
    status: () => status,
    isReady: () => isReady,
    ready() {
      if (!isReady) setTimeout(markReady, READY_TIMEOUT_MS);
      if (!isReady && !isStarted) void cache.load().then(poller.look);
      return whenReady;
    },
    refresh: poller.look,
    track: (name, event) => recorder.track(name, event, identity.context()),
    explain: async (key) =>
      (await import('./explain.ts')).explain(link, environment.loadFull, identity.context(), key),
    override: store.override,
    setConsent(allowed) {
      if (allowed === isAllowed) return;
      if (!allowed) {
        void forget(false).then(() => {
          isAllowed = false;
        });
        return;
      }
      isAllowed = true;
      identity.persist();
      store.setContext(identity.context());
      cache.save();
      void recorder.open();
    },
    optOut: () => void forget(true),
    optIn() {
      if (isAllowed) identity.persist();
      void recorder.optIn();
    },
    flush: outbox.flush,
    start() {
      isStarted = true;
      void begin();
    },
    async close() {
      isStarted = false;
      poller.stop();
      await outbox.flush();
      outbox.stop();
    },
    peek: store.read,
    initial: store.initial,
    watch: (key: string, listener: () => void, read?: ReadOptions) =>
      store.watch({ key, options: read, listener }),
  };
  return client;
};

/** Makes the `createClient` of an environment. */
export const createConnector =
  (environment: Environment): ((options: ClientOptions) => Client) =>
  (options) => {
    const client = connect(environment, options);
    if (options.autoStart ?? true) client.start();
    return client;
  };
