import type { Explanation, Status, TrackedEvent } from '../client/client.ts';
import type { Bootstrap, ConnectionOptions } from '../client/options.ts';
import type { Context, Details, FlagKey, FlagValue, KeyOf, ValueOf } from '../types.ts';

/** What `createServerClient` takes; `key` is the environment's server key (`sk_…`). */
export interface ServerOptions extends ConnectionOptions {
  /**
   * The environment's public keys, in hex: plans and kills that none of them has signed are refused. By default the edge
   * is asked for them; `false` takes everything.
   */
  readonly publicKeys?: readonly string[] | false;
  /** Whether reads are counted as exposures (default `true`). */
  readonly exposures?: boolean;
}

/** Reads flags for the context given at each call: the value, or the given default with a reason; never throws. */
export interface ServerReader {
  getBoolean(key: KeyOf<boolean>, fallback: boolean, context: Context): boolean;
  getString<Key extends KeyOf<string>>(
    key: Key,
    fallback: ValueOf<Key, string>,
    context: Context,
  ): ValueOf<Key, string>;
  getNumber(key: KeyOf<number>, fallback: number, context: Context): number;
  getObject<Key extends FlagKey, Value extends FlagValue>(
    key: Key,
    fallback: Value & ValueOf<Key, Value>,
    context: Context,
  ): ValueOf<Key, Value>;
  getDetails<Key extends FlagKey, Value extends FlagValue>(
    key: Key,
    fallback: Value,
    context: Context,
  ): Details<Value>;
}

/** The flags of an environment on a server: one plan in memory, shared by every request. */
export interface ServerClient extends ServerReader {
  /**
   * Decides the flags `keys` for `context`, for the page's `createClient({ bootstrap })`; counts nothing.
   *
   * **Shape** The keys are named because a server's plan also has flags that no browser may see.
   */
  bootstrap(context: Context, keys: readonly FlagKey[]): Bootstrap;
  track(name: string, event: TrackedEvent | undefined, context: Context): void;
  /** Explains a decision; rejects with a `FlagError`. */
  explain(key: FlagKey, context: Context): Promise<Explanation>;
  status(): Status;
  /**
   * Settles when the first attempt to get a plan is over, and in a Worker, where nothing runs between requests, when the
   * plan is not older than `refreshMs`; never rejects.
   */
  ready(): Promise<void>;
  refresh(): Promise<void>;
  /** Sends waiting events; in a Worker, hand it to `waitUntil`. */
  flush(): Promise<void>;
  /** Stops looking for plans, ends the connection that tells of them, and sends what waits. */
  close(): Promise<void>;
}
