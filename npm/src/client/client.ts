import type { Context, Details, FlagKey, FlagValue, KeyOf, ValueOf } from '../types.ts';
import type { State } from './state.ts';

/**
 * How a reader wants published changes.
 *
 * **Shape** By default a page follows them, except that a variant drawn by an experiment stays as it was first read.
 * `live` follows those too; `hold` keeps the flag as it is read, for all readers that do not ask for `live`. A new
 * context decides everything again, and a killed flag is never held.
 * `quiet` reads without counting an exposure, for panels that show flags rather than use them.
 */
export interface ReadOptions {
  readonly hold?: boolean | undefined;
  readonly live?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** Reads flags: the value, or the given default with a reason; never throws. */
export interface Reader {
  getBoolean(key: KeyOf<boolean>, fallback: boolean, options?: ReadOptions): boolean;
  getString<Key extends KeyOf<string>>(
    key: Key,
    fallback: ValueOf<Key, string>,
    options?: ReadOptions,
  ): ValueOf<Key, string>;
  getNumber(key: KeyOf<number>, fallback: number, options?: ReadOptions): number;
  getObject<Key extends FlagKey, Value extends FlagValue>(
    key: Key,
    fallback: Value & ValueOf<Key, Value>,
    options?: ReadOptions,
  ): ValueOf<Key, Value>;
  getDetails<Key extends FlagKey, Value extends FlagValue>(
    key: Key,
    fallback: Value,
    options?: ReadOptions,
  ): Details<Value>;
}

/**
 * What the client stands on, for a status line or a test.
 *
 * **Shape** `revision` is the plan's; `source` is where it came from; `stale` means it has expired; `live` means that
 * the edge tells of changes at once, and `failing` that the last look for a plan failed; `engine` is absent until the wasm has loaded; `dropped` counts events that were given up.
 */
export interface Status {
  readonly revision?: number | undefined;
  readonly source: 'none' | 'bootstrap' | 'cache' | 'network';
  readonly stale: boolean;
  readonly live: boolean;
  readonly failing: boolean;
  readonly engine?: 'wasm' | 'fallback' | undefined;
  readonly dropped: number;
}

/** What `track` records besides the name: a number to sum, and properties to split by. */
export interface TrackedEvent {
  readonly value?: number;
  readonly properties?: Readonly<Record<string, FlagValue>>;
}

/** Why a flag answered as it did, in sentences a product manager understands. */
export interface Explanation {
  readonly sentences: readonly string[];
  readonly [part: string]: unknown;
}

/** The flags of one person on one page. */
export interface Client extends Reader {
  /** The context in use, with the device id this client added. */
  context(): Context;
  /** Replaces the context and decides every flag again, experiments included. */
  setContext(context: Context): void;
  /** Calls `listener` with the keys whose answer changed (none when only the status did). */
  subscribe(listener: (changed: readonly string[]) => void): () => void;
  /** The current standing; the same object until something about it changes. */
  status(): Status;
  /** Settles when a plan or bootstrap is in, or the first attempt to get one has failed; never rejects. */
  ready(): Promise<void>;
  /** Looks for a new plan at once; never rejects. */
  refresh(): Promise<void>;
  /** Records something the person did, on the same road as exposures. */
  track(name: string, event?: TrackedEvent): void;
  /** Explains a decision; loads the explaining wasm and the plan's names on first use. Rejects with a `FlagError`. */
  explain(key: FlagKey): Promise<Explanation>;
  /** Replaces a flag's decision on this page (`undefined` ends it); never counted. */
  override(key: FlagKey, value: FlagValue | undefined): void;
  /** Says whether anything may be stored or sent; exposures of this page wait in memory until it may. */
  setConsent(allowed: boolean): void;
  /** Stops all events for this person, forgets what was stored, and remembers only this wish. */
  optOut(): void;
  optIn(): void;
  /** Sends waiting events; settles when the attempt is over. */
  flush(): Promise<void>;
  /** Starts looking for plans; `createClient` has already called it. */
  start(): void;
  /** Flushes, and stops timers and listeners; reading goes on working, and `start` resumes. */
  close(): Promise<void>;
}

/** A client as bindings to a user interface know it: they read its table without counting, and watch single flags. */
export interface Connected extends Client {
  readonly state: State;
}
