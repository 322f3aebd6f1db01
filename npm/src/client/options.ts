import type { Context, Details, FlagValue } from '../types.ts';

/** A decision made elsewhere, as a server hands it to the page; `exposure` says that reading it is one. */
export interface BootstrapDecision extends Details {
  readonly exposure?: boolean;
}

/**
 * What the server put into the page, so that the first render has its values.
 *
 * **Shape** `details` are decisions made by `pennon/node` (the richest form), `values` are bare values by flag key, and
 * `plan` is a published plan in its envelope. `details` and `values` answer at once; `plan` answers at once where the
 * wasm is at hand (`pennon/inline`, Node, workerd), and as soon as the wasm has loaded elsewhere.
 */
export interface Bootstrap {
  readonly details?: Readonly<Record<string, BootstrapDecision>>;
  readonly values?: Readonly<Record<string, FlagValue>>;
  readonly plan?: Uint8Array;
}

/**
 * A place that keeps small records across reloads; every method may fail, and then memory is used.
 *
 * **Shape** Values are what JSON holds; setting `undefined` removes; `keys` lists the keys that begin with `prefix`. The
 * default is `localStorage`.
 */
export interface Storage {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<unknown>;
  keys(prefix: string): Promise<readonly string[]>;
}

/** Receives what went wrong in the background; the default writes a warning to the console. */
export type Logger = (message: string, cause?: unknown) => void;

/**
 * Is told what a read of a flag came to, before the caller's default comes in.
 *
 * **Shape** `environment` is the id of the plan's environment, where there is a plan. What it throws is logged.
 */
export type DecisionListener = (
  key: string,
  decision: Omit<Details, 'value'> & { readonly value?: FlagValue | undefined },
  context: Context,
  environment: string | undefined,
) => void;

/** What every client needs: where to ask, with which key, and the replaceable parts of the outside world. */
export interface ConnectionOptions {
  /** The address of the edge, without a path. */
  readonly endpoint: string;
  /** The environment's key: `pk_…` in browsers, `sk_…` on servers. */
  readonly key: string;
  /** Milliseconds between two looks for a new plan (default 30 000); 0 looks only when `refresh` is called. */
  readonly refreshMs?: number;
  /** Whether the edge tells of changes over a connection that stays open (default `true`, unless `refreshMs` is 0). */
  readonly push?: boolean;
  /** Attributes whose values exposures carry, so that results can be split by them; the edge keeps configured ones only. */
  readonly dimensions?: readonly string[];
  /** Is told of every read of a flag: for tracing, such as `pennon/otel`. */
  readonly onDecision?: DecisionListener;
  readonly storage?: Storage;
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
  readonly logger?: Logger;
}

/** What `createClient` takes. */
export interface ClientOptions extends ConnectionOptions {
  readonly context?: Context;
  readonly bootstrap?: Bootstrap;
  /** The environment's public keys, in hex: plans and kills that none of them has signed are refused. */
  readonly publicKeys?: readonly string[];
  /** Whether anything may be stored or sent about this person (default `true`); see `setConsent`. */
  readonly consent?: boolean;
  /** Whether the edge is asked about flags that cannot be decided in a browser (default `true`); needs consent. */
  readonly remoteEvaluation?: boolean;
  /** Values that replace decisions on this page and are never counted. */
  readonly overrides?: Readonly<Record<string, FlagValue>>;
  /** `false` leaves the first look for a plan to `start` (default `true`), for renders that may never reach a page. */
  readonly autoStart?: boolean;
}
