import type { Engine } from '../engine/engine.ts';
import type { Context, FlagValue } from '../types.ts';
import type { ReadOptions } from './client.ts';
import type { Bootstrap } from './options.ts';
import { failure, keepSame, type Resolution, resolveDecision } from './resolution.ts';

/** One line of the table: what a key answers to readers of each kind; it stays, its fields are rewritten. */
interface Cell {
  /** For readers who follow everything. */
  live: Resolution;
  /** For readers who follow everything but experiments. */
  shown: Resolution;
  /** For readers who keep what they read first. */
  first?: Resolution | undefined;
  isHeld: boolean;
}

/** What the store takes from the plan now in use. */
export interface Held {
  readonly engine: Engine;
  readonly revision?: number;
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
  report(message: string, cause: unknown): void;
}

const notReady = failure('PROVIDER_NOT_READY');
const notFound = failure('FLAG_NOT_FOUND');

/** The answers a server put into the page. */
const fromBootstrap = (bootstrap: Bootstrap | undefined): Map<string, Resolution> => {
  const answers = new Map<string, Resolution>();
  for (const [key, value] of Object.entries(bootstrap?.values ?? {}))
    answers.set(key, { value, reason: 'STATIC', detail: 'bootstrap', counts: false });
  for (const [key, details] of Object.entries(bootstrap?.details ?? {}))
    answers.set(key, { counts: false, ...details });
  return answers;
};

export const createStore = (
  host: StoreHost,
  initialContext: Context,
  bootstrap: Bootstrap | undefined,
  initialOverrides: Readonly<Record<string, FlagValue>> | undefined,
): Store => {
  const served = fromBootstrap(bootstrap);
  const overrides = new Map(Object.entries(initialOverrides ?? {}));
  const listeners = new Set<(changed: readonly string[]) => void>();
  /** Only flags that were asked for have a cell, so that only those are compared when everything is decided again. */
  const cells = new Map<string, Cell>();
  const lastKnown = new Map<string, Resolution>();
  let context = initialContext;
  let plan: Held | undefined;
  let decisions: Uint32Array = new Uint32Array();
  let isStale = false;

  /** What is known about somebody says nothing about anybody else. */
  const knownKey = (key: string): string => JSON.stringify(context.units) + key;

  const unknown = (key: string, flag: number, resolution: Resolution): Resolution => {
    const known = plan?.engine.onUnknown(flag) === 'last-known' && lastKnown.get(knownKey(key));
    return known ? { ...known, reason: 'CACHED', detail: 'last-known', counts: false } : resolution;
  };

  const resolve = (key: string): Resolution => {
    const override = overrides.get(key);
    if (override !== undefined)
      return { value: override, reason: 'STATIC', detail: 'override', counts: false };
    if (!plan) return served.get(key) ?? notReady;
    const flag = plan.engine.index(key);
    const decision = decisions[flag];
    if (decision === undefined) return notFound;
    const resolution = resolveDecision(plan.engine, flag, decision, plan.revision, isStale);
    if (resolution.detail === 'unknown') return unknown(key, flag, resolution);
    if (resolution.value !== undefined) lastKnown.set(knownKey(key), resolution);
    return resolution;
  };
  const resolveSafely = (key: string): Resolution => {
    try {
      return resolve(key);
    } catch (cause) {
      host.report(`flag ${key} could not be decided`, cause);
      return failure('GENERAL');
    }
  };
  const isDrawn = (answer: Resolution): boolean => answer.reason === 'SPLIT';
  const openCell = (key: string): Cell => {
    const live = resolveSafely(key);
    const cell = { live, shown: live, isHeld: isDrawn(live) };
    cells.set(key, cell);
    return cell;
  };
  const read = (key: string, options?: ReadOptions): Resolution => {
    const cell = cells.get(key) ?? openCell(key);
    if (!options) return cell.shown;
    if (options.live) return cell.live;
    if (!options.hold) return cell.shown;
    if (cell.live !== notReady) cell.first ??= cell.live;
    return cell.first ?? cell.live;
  };

  const safely = (action: () => void): void => {
    try {
      action();
    } catch (cause) {
      host.report('a listener threw', cause);
    }
  };
  const announce = (changed: readonly string[]): void => {
    for (const listener of listeners) safely(() => listener(changed));
  };

  /** Rewrites a cell after a change and tells whether anybody can see it. */
  const rewrite = (key: string, cell: Cell, release: boolean): boolean => {
    const { live, shown } = cell;
    cell.live = keepSame(live, resolveSafely(key));
    if (release || overrides.has(key) || cell.live.detail === 'killed') {
      cell.isHeld = false;
      cell.first = undefined;
    }
    if (!cell.isHeld) {
      cell.shown = cell.live;
      cell.isHeld = isDrawn(cell.live);
    } else if ((shown.reason === 'STALE') !== isStale)
      cell.shown = { ...shown, reason: isStale ? 'STALE' : 'SPLIT' };
    return cell.live !== live || cell.shown !== shown;
  };

  /** Applies a change, and tells which keys have another answer after it. */
  const update = (change: () => void, release = false): void => {
    isStale = host.isStale();
    safely(change);
    const changed = [...cells].filter(([key, cell]) => rewrite(key, cell, release));
    // Another person may see the same answers: that is news to whoever counts who saw what.
    if (changed.length || release) announce(changed.map(([key]) => key));
  };
  const decideAll = (): void => {
    if (!plan) return;
    plan.engine.setContext(context, host.now());
    decisions = plan.engine.decideAll().slice();
  };

  for (const [key, answer] of served) lastKnown.set(knownKey(key), answer);
  return {
    read,
    initial: (key, orLive) => served.get(key) ?? (orLive ? read(key) : notReady),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    setPlan: (next) =>
      update(() => {
        plan = next;
        decideAll();
      }),
    setContext: (next) =>
      update(() => {
        context = next;
        decideAll();
      }, true),
    override: (key, value) =>
      update(() => {
        if (value === undefined) overrides.delete(key);
        else overrides.set(key, value);
        const cell = cells.get(key);
        if (cell) cell.isHeld = false;
      }),
    decide: () => update(decideAll),
    announce,
  };
};
