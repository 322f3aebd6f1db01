import type { Context, FlagValue } from '../types.ts';
import type { ReadOptions } from './client.ts';
import type { Bootstrap } from './options.ts';
import { type CurrentPlan, isStale } from './plans.ts';
import { ask } from './request.ts';
import { type Cell, failure, keepSame, type Resolution, resolve } from './resolution.ts';
import { attempt, report, type State } from './state.ts';

// The table of answers for one context, and who wants to know when they change.

const notReady = failure('PROVIDER_NOT_READY');

const given = (value: FlagValue, detail: string): Resolution => ({
  value,
  reason: 'STATIC',
  detail,
});

/** Takes what a server decided for this page. */
export const serve = (state: State, { values = {}, details = {} }: Bootstrap): void => {
  for (const key in values) state.served.set(key, given(values[key] as FlagValue, 'bootstrap'));
  for (const key in details) state.served.set(key, { ...(details[key] as Resolution) });
};

/** The context in use, with the device's id. */
export const contextOf = (state: State): Context => ({
  ...state.given,
  units: { device: state.deviceId, ...state.given.units },
});

/** Asks the edge, if it may be asked, about everything that cannot be decided here by `plan`. */
const askEdge = (state: State, plan: CurrentPlan): void => {
  const { remoteEvaluation = true } = state;
  if (!remoteEvaluation || !state.isAllowed || !state.isStarted || state.isOut) return;
  const remote: State['remote'] = { plan };
  state.remote = remote;
  state
    .loadRare()
    .then(({ evaluate }) => evaluate(state, ask, plan.engine, contextOf(state)))
    .then(
      (answers) => {
        remote.answers = answers;
        if (state.remote === remote) renew(state);
      },
      (cause) => report(state, 'evaluate', cause),
    );
};
const answerTo = (state: State, key: string, known: Resolution | undefined): Resolution => {
  const replacement = state.replaced.get(key);
  if (replacement !== undefined) return given(replacement, 'override');
  if (!state.current) return state.served.get(key) ?? notReady;
  const answer = resolve(state.current, key, state.now());
  if (answer.detail !== 'unknown') return answer;
  if (state.remote.plan !== state.current) askEdge(state, state.current);
  const { engine } = state.current;
  return (
    state.remote.answers?.get(key) ??
    (known?.variant && engine.holdsLastKnown(engine.index(key))
      ? { ...known, reason: 'CACHED', exposure: false }
      : answer)
  );
};
/** Rewrites a cell, and tells whether anybody can see it. */
const rewrite = (state: State, key: string, cell: Cell, isReleased?: boolean): boolean => {
  const before = { ...cell };
  const answer = keepSame(cell.live, answerTo(state, key, isReleased ? undefined : cell.live));
  cell.live = answer;
  if (!cell.held || isReleased || answer.detail === 'override' || answer.detail === 'killed')
    cell.held = answer.reason === 'SPLIT' ? answer : undefined;
  cell.shown = keepSame(
    cell.shown,
    cell.held && isStale(state) ? { ...cell.held, reason: 'STALE' } : (cell.held ?? answer),
  );
  return cell.live !== before.live || cell.shown !== before.shown;
};

/** The line of `key`, which the options may begin to hold. */
export const cellOf = (state: State, key: string, options?: ReadOptions): Cell => {
  let cell = state.cells.get(key);
  if (!cell) {
    const answer = state.served.get(key) ?? notReady;
    cell = { live: answer, shown: answer };
    state.cells.set(key, cell);
    rewrite(state, key, cell);
  }
  if (options?.hold && cell.shown !== notReady) cell.held ??= cell.shown;
  return cell;
};

/** What a reader with these options sees. */
export const answerOf = (state: State, key: string, options?: ReadOptions): Resolution => {
  const cell = cellOf(state, key, options);
  return options?.live ? cell.live : cell.shown;
};

/** What a server saw: what it decided, else nothing, or the current answer with `orLive`. */
export const initialOf = (state: State, key: string, orLive: boolean): Resolution =>
  state.served.get(key) ?? (orLive ? answerOf(state, key) : notReady);

/** Tells all listeners which answers changed; none did when the status is the news. */
export const announce = (state: State, changed: readonly string[] = []): void => {
  for (const listener of state.listeners) attempt(state, 'listener', () => listener(changed));
};

/** Decides everything again and announces what changed; for another person (`isReleased`) nothing is held. */
export const renew = (state: State, isReleased?: boolean): void => {
  if (isReleased) state.remote = {};
  state.current?.engine.setContext(contextOf(state), state.now());
  const changed = [...state.cells].filter(([key, cell]) => rewrite(state, key, cell, isReleased));
  // The status may be news, and another person who sees the same is news to whoever counts who saw what.
  announce(
    state,
    changed.map(([key]) => key),
  );
};

/** Calls `listener` with the keys whose answer changed, until what it gives is called. */
export const subscribe = (
  state: State,
  listener: (changed: readonly string[]) => void,
): (() => void) => {
  state.listeners.add(listener);
  return () => void state.listeners.delete(listener);
};
