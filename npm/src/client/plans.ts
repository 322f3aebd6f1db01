import { createEngine, type Engine } from '../engine/engine.ts';
import { FlagError } from '../errors.ts';
import { backOffMs } from './back-off.ts';
import { checkHash, type Envelope, parseEnvelope } from './envelope.ts';
import type { Link } from './link.ts';
import type { Loaded, LoadWasm } from './wasm.ts';

/** Where a plan came from. */
export type Origin = 'bootstrap' | 'cache' | 'network';

/** The plan in use. */
export interface CurrentPlan extends Envelope {
  readonly engine: Engine;
  readonly kind: Loaded['kind'];
  readonly bytes: Uint8Array;
  readonly origin: Origin;
}

/** Gets plans, again and again, and refuses those that are damaged, too new, older than the one in use, or foreign. */
export interface Plans {
  current?: CurrentPlan;
  /** How many attempts to get a plan have failed since one did not. */
  failures: number;
  /** Takes a plan that is at hand, as bytes or as it is stored; where the wasm is at hand too, without waiting. */
  take(stored: ArrayLike<number>, origin: Origin): Promise<void>;
  /** Asks the edge for a newer plan. */
  look(): Promise<void>;
  /** Looks regularly from now on, and later after failures. */
  start(): Promise<void>;
  stop(): void;
  /** Whether the plan in use has expired. */
  isStale(): boolean;
}

/**
 * `key` names the environment of all plans. `prepare` comes before a look and `onLook` after it; `onPlan` is called with every plan that takes the place of another.
 */
export const createPlans = (
  link: Link,
  load: LoadWasm,
  key: string,
  place: 'client' | 'server',
  intervalMs: number,
  onChange: (plan?: CurrentPlan) => void,
  prepare: () => Promise<unknown> = async () => {},
): Plans => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking: Promise<unknown> | undefined;
  let isStarted = false;

  const fail = (why: unknown, cause: unknown): void => {
    plans.failures++;
    link.report(`no plan (${why})`, cause);
  };
  const take: Plans['take'] = async (stored, origin) => {
    try {
      const bytes = new Uint8Array(stored);
      const envelope = parseEnvelope(bytes);
      const loading = load();
      const { instantiate, kind } =
        origin === 'bootstrap' && 'instantiate' in loading
          ? loading
          : (await Promise.all([loading, checkHash(envelope)]))[0];
      // Another plan may have come in while this one was being checked.
      const newerBy = envelope.revision - (plans.current?.revision ?? -1);
      if (newerBy < 0 || !key.includes(`_${envelope.environment}_`))
        throw new FlagError('PARSE_ERROR', 'old or foreign');
      plans.failures = 0;
      if (newerBy) {
        const engine = createEngine(instantiate, envelope.plan, place);
        plans.current = { ...envelope, engine, kind, bytes, origin };
        onChange(plans.current);
      }
    } catch (cause) {
      fail(origin, cause);
    }
  };
  const lookOnce = async (): Promise<void> => {
    const { status, bytes, retryMs = 0, cause } = await link.send(`config/${link.keyPath}`);
    if (bytes && status === 200) await take(bytes, 'network');
    else fail(status, cause);
    onChange();
    clearTimeout(timer);
    if (isStarted && intervalMs > 0) {
      timer = setTimeout(
        () => void (link.page?.isHidden() || look()),
        Math.max(retryMs, backOffMs(intervalMs, plans.failures)),
      );
      // A server process may end although it would look again.
      (timer as { unref?: () => void }).unref?.();
    }
  };
  const look = (): Promise<void> => {
    // One after the other: a look that is under way may have been answered before the change somebody waits for.
    const looked = (looking ?? prepare()).then(lookOnce);
    looking = looked;
    return looked;
  };
  const plans: Plans = {
    failures: 0,
    isStale: () => !!plans.current && link.now() > plans.current.expiresMs,
    take,
    look,
    start() {
      isStarted = true;
      return look();
    },
    stop() {
      isStarted = false;
      clearTimeout(timer);
    },
  };
  return plans;
};
