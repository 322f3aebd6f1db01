import type { Context, FlagValue } from '../types.ts';
import type { ReadOptions } from './client.ts';
import type { Link } from './link.ts';
import type { ClientOptions } from './options.ts';
import type { Plans } from './plans.ts';
import {
  type Cell,
  type DecidingPlan,
  failure,
  keepSame,
  type Resolution,
  resolve,
} from './resolution.ts';

/** The table of answers for one context, and who wants to know when they change. */
export interface Store {
  /** The line of `key`, which the options may begin to hold. */
  cell(key: string, options?: ReadOptions): Cell;
  answer(key: string, options?: ReadOptions): Resolution;
  initial(key: string, orLive: boolean): Resolution;
  subscribe(listener: (changed: readonly string[]) => void): () => void;
  override(key: string, value: FlagValue | undefined): void;
  /** Decides everything again and announces what changed; for another person (`isReleased`) nothing is held. */
  renew(isReleased?: boolean): void;
  announce(changed: readonly string[]): void;
}

/** Asks the edge about flags that cannot be decided here; gives nothing where that is not possible. */
export type Ask = (
  asker: Context,
  flags: readonly string[],
) => Promise<ReadonlyMap<string, Resolution>> | undefined;

const notReady = failure('PROVIDER_NOT_READY');

const given = (value: FlagValue, detail: string): Resolution => ({
  value,
  reason: 'STATIC',
  detail,
});

/** What a server decided for this page. */
const servedBy = ({ values = {}, details = {} }: NonNullable<ClientOptions['bootstrap']>) =>
  new Map<string, Resolution>([
    ...Object.entries(values).map(([key, value]) => [key, given(value, 'bootstrap')] as const),
    ...Object.entries(details).map(([key, decision]) => [key, { ...decision }] as const),
  ]);

/** A store of what `plans` and the options say about the person that `context` tells of. */
export const createStore = (
  plans: Plans,
  { attempt, now, report }: Link,
  context: () => Context,
  ask: Ask,
  { bootstrap = {}, overrides = {} }: Pick<ClientOptions, 'bootstrap' | 'overrides'>,
): Store => {
  const served = servedBy(bootstrap);
  const replaced = new Map<string, FlagValue | undefined>(Object.entries(overrides));
  const listeners = new Set<(changed: readonly string[]) => void>();
  /** Only flags that were asked for have a cell, so that only those are compared when everything is decided again. */
  const cells = new Map<string, Cell>();
  /** What the edge was asked about for this context: everything that is unknown here by `plan`. */
  let remote: { plan?: unknown; answers?: ReadonlyMap<string, Resolution> } = {};

  const askEdge = (plan: DecidingPlan): void => {
    const isUnknown = (key: string): boolean => resolve(plan, key, now()).detail === 'unknown';
    const answered = ask(context(), plan.engine.keys.filter(isUnknown));
    if (!answered) return;
    const mine: typeof remote = { plan };
    remote = mine;
    answered.then(
      (answers) => {
        mine.answers = answers;
        if (remote === mine) renew();
      },
      (cause) => report('evaluate', cause),
    );
  };
  const answerTo = (key: string, known: Resolution | undefined): Resolution => {
    const replacement = replaced.get(key);
    if (replacement !== undefined) return given(replacement, 'override');
    const plan = plans.current;
    if (!plan) return served.get(key) ?? notReady;
    const answer = resolve(plan, key, now());
    if (answer.detail !== 'unknown') return answer;
    if (remote.plan !== plan) askEdge(plan);
    return (
      remote.answers?.get(key) ??
      (known?.variant && plan.engine.holdsLastKnown(plan.engine.index(key))
        ? { ...known, reason: 'CACHED', exposure: false }
        : answer)
    );
  };
  /** Rewrites a cell, and tells whether anybody can see it. */
  const rewrite = (key: string, cell: Cell, isReleased?: boolean): boolean => {
    const { live, shown } = cell;
    const answer = keepSame(live, answerTo(key, isReleased ? undefined : live));
    cell.live = answer;
    if (!cell.held || isReleased || answer.detail === 'override' || answer.detail === 'killed')
      cell.held = answer.reason === 'SPLIT' ? answer : undefined;
    const { held } = cell;
    const isStale = held && plans.isStale();
    cell.shown = keepSame(shown, isStale ? { ...held, reason: 'STALE' } : (held ?? answer));
    return answer !== live || cell.shown !== shown;
  };
  const cell = (key: string, options?: ReadOptions): Cell => {
    let cell = cells.get(key);
    if (!cell) {
      const answer = served.get(key) ?? notReady;
      cell = { live: answer, shown: answer };
      cells.set(key, cell);
      rewrite(key, cell);
    }
    if (options?.hold && cell.shown !== notReady) cell.held ??= cell.shown;
    return cell;
  };
  const answer = (key: string, options?: ReadOptions): Resolution => {
    const { live, shown } = cell(key, options);
    return options?.live ? live : shown;
  };
  const announce = (changed: readonly string[]): void => {
    for (const listener of listeners) attempt('listener', () => listener(changed));
  };
  const renew = (isReleased?: boolean): void => {
    if (isReleased) remote = {};
    plans.current?.engine.setContext(context(), now());
    const changed = [...cells].filter(([key, cell]) => rewrite(key, cell, isReleased));
    // The status may be news, and another person who sees the same is news to whoever counts who saw what.
    announce(changed.map(([key]) => key));
  };

  return {
    cell,
    answer,
    initial: (key, orLive) => served.get(key) ?? (orLive ? answer(key) : notReady),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    override(key, value) {
      replaced.set(key, value);
      renew();
    },
    renew,
    announce,
  };
};
