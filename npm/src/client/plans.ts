import { createEngine, type Engine } from '../engine/engine.ts';
import { decode } from '../engine/wasm.ts';
import { FlagError } from '../errors.ts';
import { backOffMs } from './back-off.ts';
import type { Status } from './client.ts';
import { checkHash, type Envelope, parseEnvelope } from './envelope.ts';
import { BEHIND_MS, LIVE_REFRESH_MS, SPREAD_MS } from './limits.ts';
import type { Kill } from './push.ts';
import { ask } from './request.ts';
import { report, type State } from './state.ts';
import { vault } from './vault.ts';
import type { Loaded } from './wasm.ts';

// Plans are got again and again; those that are damaged, too new, older than the one in use, or foreign are refused.

/** Where a plan came from. */
export type Origin = 'bootstrap' | 'cache' | 'network';

/** The plan in use. */
export interface CurrentPlan extends Envelope {
  readonly engine: Engine;
  readonly kind: Loaded['kind'];
  readonly bytes: Uint8Array;
  readonly origin: Origin;
}

const revisionOf = (state: State): number => state.current?.revision ?? -1;
const isOurs = (state: State, environment: string): boolean =>
  state.key.includes(`_${environment}_`);
const slotOf = (state: State): string => `pennon:plan:${state.keyPath}`;

/** Lays the kills over a plan that is older than they are. */
const applyKills = (state: State): void => {
  const engine = state.current?.engine;
  for (const { flag, killed, revision } of state.kills.values())
    if (revision > revisionOf(state)) engine?.setKilled(engine.index(flag), killed);
};

/** Whether the plan in use has expired. */
export const isStale = (state: State): boolean =>
  !!state.current && state.now() > state.current.expiresMs;

/** Keeps a plan for the next visit; nothing forgets it. */
export const keepPlan = (state: State, plan: CurrentPlan | undefined): void =>
  void vault(state, 'set', slotOf(state), plan && [...plan.bytes]);

/** Takes a plan that is at hand, as bytes or as it is stored; where the wasm is at hand too, without waiting. */
export const takePlan = async (
  state: State,
  stored: ArrayLike<number>,
  origin: Origin,
): Promise<void> => {
  try {
    const bytes = new Uint8Array(stored);
    const envelope = parseEnvelope(bytes);
    let loaded = state.load();
    if (origin !== 'bootstrap' || state.trust || 'then' in loaded)
      [loaded] = await Promise.all([loaded, checkHash(envelope), state.trust?.(bytes)]);
    const engine = createEngine(loaded.instantiate, envelope.plan, state.place, state.operate);
    if (engine.needsOperators && !state.operate)
      // Where they cannot be had, the conditions that use them are unknown.
      await state.loadRare().then(
        ({ operate }) => {
          engine.operate = operate;
        },
        (cause) => report(state, 'operators', cause),
      );
    // Another plan may have come in while this one was being checked.
    const newerBy = envelope.revision - revisionOf(state);
    if (newerBy < 0 || !isOurs(state, envelope.environment))
      throw new FlagError('PARSE_ERROR', 'old or foreign');
    state.failures = 0;
    if (newerBy) {
      const plan = { ...envelope, engine, kind: loaded.kind, bytes, origin };
      state.current = plan;
      applyKills(state);
      state.onPlan(plan);
    }
  } catch (cause) {
    state.failures++;
    report(state, `no plan (${origin})`, cause);
  }
};

/** Takes a kill that came ahead of its plan. */
export const takeKill = async (state: State, kill: Kill): Promise<void> => {
  try {
    if (!isOurs(state, kill.environment)) return;
    await state.trust?.(kill);
    // An older one than is known, of this flag or in the plan, has no effect.
    if (!(kill.revision > Math.max(revisionOf(state), state.kills.get(kill.flag)?.revision ?? 0)))
      return;
    state.kills.set(kill.flag, kill);
    applyKills(state);
    if (state.current) state.onPlan();
  } catch (cause) {
    report(state, 'kill', cause);
  }
};

/** Looks after so long, if plans are looked for. */
export const lookIn = (state: State, ms: number): void => {
  clearTimeout(state.lookTimer);
  if (!state.isStarted) return;
  state.lookTimer = setTimeout(() => void (state.page?.isHidden() || look(state)), ms);
  // A server process may end although it would look again.
  (state.lookTimer as { unref?: () => void }).unref?.();
};

/** Looks soon, and again, until this revision is there. */
export const expectRevision = (state: State, revision: number): void => {
  if (!(revision > Math.max(state.expected, revisionOf(state)))) return;
  state.expected = revision;
  state.misses = 0;
  lookIn(state, SPREAD_MS * Math.random());
};

const lookOnce = async (state: State): Promise<void> => {
  const answer = await ask(state, `config/${state.keyPath}`);
  if (answer.bytes && answer.status === 200) await takePlan(state, answer.bytes, 'network');
  else {
    state.failures++;
    // The edge names its reasons.
    const [, code = ''] = /"code":"(\w+)/.exec(decode(answer.bytes)) ?? [];
    report(state, `no plan (${answer.status} ${code})`, answer.cause);
  }
  state.onPlan();
  const isBehind = state.expected > revisionOf(state);
  const pauseMs = isBehind
    ? // A few times without a longer pause: the edge catches up within seconds.
      backOffMs(BEHIND_MS, state.misses++ >> 2)
    : backOffMs(state.isLive ? LIVE_REFRESH_MS : state.intervalMs, state.failures);
  if (state.intervalMs || isBehind) lookIn(state, Math.max(answer.retryMs ?? 0, pauseMs));
};

/** Asks the edge for a newer plan; before the first time, takes what an earlier visit has kept. */
export const look = (state: State): Promise<void> => {
  const before =
    state.looking ??
    vault(state, 'get', slotOf(state)).then(
      (stored) => stored && takePlan(state, stored as number[], 'cache'),
    );
  // One after the other: a look that is under way may have been answered before the change somebody waits for.
  state.looking = before.then(() => lookOnce(state));
  return state.looking;
};

/** What the client stands on. */
export const statusOf = (state: State): Status => {
  return {
    revision: state.current?.revision,
    engine: state.current?.kind,
    source: state.current?.origin ?? (state.bootstrap ? 'bootstrap' : 'none'),
    stale: isStale(state),
    failing: state.failures > 0,
    live: !!state.isLive,
    dropped: state.dropped,
  };
};
