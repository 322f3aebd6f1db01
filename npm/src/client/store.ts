import type { Engine } from '../engine/engine.ts';
import type { Context, FlagValue } from '../types.ts';
import type { ReadOptions } from './client.ts';
import type { ClientOptions, Logger } from './options.ts';
import { failure, keepSame, type Resolution, resolveDecision } from './resolution.ts';

/** One line of the table: it stays, and its fields are rewritten. */
interface Cell {
  /** For readers who follow everything. */
  live: Resolution;
  /** For readers who follow everything but what is held. */
  shown: Resolution;
  /** What is shown whatever is published. */
  held: Resolution | undefined;
}

/** What the store takes from the plan in use. */
export interface Held {
  readonly engine: Engine;
  readonly revision: number;
}

/** The table of answers for one context, and who wants to know when they change. */
export interface Store {
  read(key: string, options?: ReadOptions): Resolution;
  initial(key: string, orLive: boolean): Resolution;
  subscribe(listener: (changed: readonly string[]) => void): () => void;
  setPlan(held: Held): void;
  setContext(context: Context): void;
  override(key: string, value: FlagValue | undefined): void;
  /** Decides again what depends on the time, and announces what changed. */
  decide(): void;
  announce(changed: readonly string[]): void;
}

/** The outside world of a store. */
export interface StoreHost {
  now(): number;
  /** Whether the plan in use has expired. */
  isStale(): boolean;
  readonly report: Logger;
}

const notReady = failure('PROVIDER_NOT_READY');
const notFound = failure('FLAG_NOT_FOUND');

const given = (value: FlagValue, detail: string): Resolution => ({
  value,
  reason: 'STATIC',
  detail,
  exposure: false,
});

export const createStore = (
  { isStale, now, report }: StoreHost,
  { bootstrap, overrides }: Pick<ClientOptions, 'bootstrap' | 'overrides'>,
  initialContext: Context,
): Store => {
  /** What a server decided for this page. */
  const served = new Map<string, Resolution>();
  const replaced = new Map(Object.entries(overrides ?? {}));
  const listeners = new Set<(changed: readonly string[]) => void>();
  /** Only flags that were asked for have a cell, so that only those are compared when everything is decided again. */
  const cells = new Map<string, Cell>();
  let context = initialContext;
  let plan: Held | undefined;
  let decisions: Uint32Array | undefined;

  for (const [key, value] of Object.entries(bootstrap?.values ?? {}))
    served.set(key, given(value, 'bootstrap'));
  for (const [key, details] of Object.entries(bootstrap?.details ?? {}))
    served.set(key, { exposure: false, ...details });

  const resolve = (key: string, known: Resolution | undefined): Resolution => {
    const replacement = replaced.get(key);
    if (replacement !== undefined) return given(replacement, 'override');
    if (!plan) return served.get(key) ?? notReady;
    const { engine, revision } = plan;
    const flag = engine.index(key);
    const decision = decisions?.[flag];
    if (decision === undefined) return notFound;
    const answer = resolveDecision(engine, flag, decision, revision, isStale());
    return answer.detail === 'unknown' && known?.variant && engine.onUnknown(flag) === 'last-known'
      ? { ...known, reason: 'CACHED', exposure: false }
      : answer;
  };
  /** Rewrites a cell, and tells whether anybody can see it. */
  const rewrite = (key: string, cell: Cell, isReleased: boolean): boolean => {
    const { live, shown } = cell;
    let answer = failure('GENERAL');
    try {
      answer = resolve(key, isReleased ? undefined : live);
    } catch (cause) {
      report(`flag ${key} was not decided`, cause);
    }
    cell.live = keepSame(live, answer);
    if (!cell.held || isReleased || replaced.has(key) || answer.detail === 'killed') {
      cell.shown = cell.live;
      cell.held = answer.reason === 'SPLIT' ? cell.live : undefined;
    } else if (isStale() !== (shown.reason === 'STALE'))
      cell.shown = isStale() ? { ...cell.held, reason: 'STALE' } : cell.held;
    return cell.live !== live || cell.shown !== shown;
  };
  const read = (key: string, options?: ReadOptions): Resolution => {
    let cell = cells.get(key);
    if (!cell) {
      const answer = served.get(key) ?? notReady;
      cell = { live: answer, shown: answer, held: undefined };
      cells.set(key, cell);
      rewrite(key, cell, false);
    }
    if (!options) return cell.shown;
    if (options.hold && cell.shown !== notReady) cell.held ??= cell.shown;
    return options.live ? cell.live : cell.shown;
  };

  const safely = (trouble: string, action: () => void): void => {
    try {
      action();
    } catch (cause) {
      report(trouble, cause);
    }
  };
  const announce = (changed: readonly string[]): void => {
    for (const listener of listeners) safely('a listener threw', () => listener(changed));
  };
  /** Decides everything, and tells which keys have another answer after it. */
  const decide = (isReleased = false): void => {
    safely('the plan was not decided', () => {
      if (!plan) return;
      plan.engine.setContext(context, now());
      decisions = plan.engine.decideAll().slice();
    });
    const changed = [...cells].filter(([key, cell]) => rewrite(key, cell, isReleased));
    // Another person may see the same answers: that is news to whoever counts who saw what.
    if (changed.length || isReleased) announce(changed.map(([key]) => key));
  };

  return {
    read,
    initial: (key, orLive) => served.get(key) ?? (orLive ? read(key) : notReady),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    setPlan(next) {
      plan = next;
      decide();
    },
    setContext(next) {
      context = next;
      decide(true);
    },
    override(key, value) {
      if (value === undefined) replaced.delete(key);
      else replaced.set(key, value);
      const cell = cells.get(key);
      if (cell) cell.held = undefined;
      decide();
    },
    decide: () => decide(),
    announce,
  };
};
