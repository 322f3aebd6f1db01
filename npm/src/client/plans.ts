import { createEngine, type Engine } from '../engine/engine.ts';
import { decode } from '../engine/wasm.ts';
import { FlagError } from '../errors.ts';
import { backOffMs } from './back-off.ts';
import { checkHash, type Envelope, parseEnvelope } from './envelope.ts';
import { BEHIND_MS, LIVE_REFRESH_MS, SPREAD_MS } from './limits.ts';
import type { Link, Trust } from './link.ts';
import type { Kill } from './push.ts';
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
  /** Whether the edge tells of changes, so that looking for them is rarely needed. */
  isLive: boolean;
  /** Takes a plan that is at hand, as bytes or as it is stored; where the wasm is at hand too, without waiting. */
  take(stored: ArrayLike<number>, origin: Origin): Promise<void>;
  /** Takes a kill that came ahead of its plan. */
  kill(kill: Kill): Promise<void>;
  /** Looks soon, and again, until this revision is there. */
  expect(revision: number): void;
  /** Looks after so long, if plans are looked for. */
  lookIn(ms: number): void;
  /** Asks the edge for a newer plan. */
  look(): Promise<void>;
  /** Looks regularly from now on, and later after failures. */
  start(): Promise<void>;
  stop(): void;
  /** Whether the plan in use has expired. */
  isStale(): boolean;
}

/**
 * `key` names the environment of all plans, and `trust` refuses what that environment has not signed. `prepare` comes
 * before a look; `onChange` is called after it, and with every plan that takes the place of another.
 */
export const createPlans = (
  link: Link,
  load: LoadWasm,
  key: string,
  place: 'client' | 'server',
  intervalMs: number,
  trust: Trust | undefined,
  onChange: (plan?: CurrentPlan) => void,
  prepare: () => Promise<unknown> = async () => {},
): Plans => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking: Promise<unknown> | undefined;
  let isStarted = false;
  let expected = -1;
  /** How many looks have not brought what is expected. */
  let misses = 0;
  const kills = new Map<string, Kill>();

  const held = (): number => plans.current?.revision ?? -1;
  const isOurs = (environment: string): boolean => key.includes(`_${environment}_`);
  const fail = (message: string, cause?: unknown): void => {
    plans.failures++;
    link.report(message, cause);
  };
  /** Lays the kills over a plan that is older than they are. */
  const applyKills = (): void => {
    const engine = plans.current?.engine;
    for (const { flag, killed, revision } of kills.values())
      if (revision > held()) engine?.setKilled(engine.index(flag), killed);
  };
  const take: Plans['take'] = async (stored, origin) => {
    try {
      const bytes = new Uint8Array(stored);
      const envelope = parseEnvelope(bytes);
      const loading = load();
      const { instantiate, kind } =
        origin === 'bootstrap' && !trust && 'instantiate' in loading
          ? loading
          : (await Promise.all([loading, checkHash(envelope), trust?.(bytes)]))[0];
      // Another plan may have come in while this one was being checked.
      const newerBy = envelope.revision - held();
      if (newerBy < 0 || !isOurs(envelope.environment))
        throw new FlagError('PARSE_ERROR', 'old or foreign');
      plans.failures = 0;
      if (newerBy) {
        const engine = createEngine(instantiate, envelope.plan, place);
        plans.current = { ...envelope, engine, kind, bytes, origin };
        applyKills();
        onChange(plans.current);
      }
    } catch (cause) {
      fail(`no plan (${origin})`, cause);
    }
  };
  const lookIn = (ms: number): void => {
    clearTimeout(timer);
    if (!isStarted) return;
    timer = setTimeout(() => void (link.page?.isHidden() || look()), ms);
    // A server process may end although it would look again.
    (timer as { unref?: () => void }).unref?.();
  };
  const lookOnce = async (): Promise<void> => {
    const { status, bytes, retryMs = 0, cause } = await link.ask(`config/${link.keyPath}`);
    if (bytes && status === 200) await take(bytes, 'network');
    else
      fail(
        bytes && /40[13]/.test(`${status}`)
          ? `the edge refused the key (${/"code":"(\w+)/.exec(decode(bytes))?.[1]}): check \`key\``
          : `no plan (${status})`,
        cause,
      );
    onChange();
    const isBehind = expected > held();
    const pauseMs = isBehind
      ? // A few times without a longer pause: the edge catches up within seconds.
        backOffMs(BEHIND_MS, misses++ >> 2)
      : backOffMs(plans.isLive ? LIVE_REFRESH_MS : intervalMs, plans.failures);
    if (intervalMs || isBehind) lookIn(Math.max(retryMs, pauseMs));
  };
  const look = (): Promise<void> => {
    // One after the other: a look that is under way may have been answered before the change somebody waits for.
    const looked = (looking ?? prepare()).then(lookOnce);
    looking = looked;
    return looked;
  };
  const plans: Plans = {
    failures: 0,
    isLive: false,
    isStale: () => !!plans.current && link.now() > plans.current.expiresMs,
    take,
    async kill(kill) {
      try {
        if (!isOurs(kill.environment)) return;
        await trust?.(kill);
        // An older one than is known, of this flag or in the plan, has no effect.
        if (!(kill.revision > Math.max(held(), kills.get(kill.flag)?.revision ?? 0))) return;
        kills.set(kill.flag, kill);
        applyKills();
        if (plans.current) onChange();
      } catch (cause) {
        link.report('kill', cause);
      }
    },
    expect(revision) {
      if (!(revision > Math.max(expected, held()))) return;
      expected = revision;
      misses = 0;
      lookIn(SPREAD_MS * Math.random());
    },
    lookIn,
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
