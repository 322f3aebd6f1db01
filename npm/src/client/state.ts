import { FlagError } from '../errors.ts';
import type { Context, FlagValue } from '../types.ts';
import type { Environment, Trust } from './environment.ts';
import { MAX_EVENTS } from './limits.ts';
import type { Bootstrap, ConnectionOptions, Logger, Storage } from './options.ts';
import type { Batch, Entry } from './outbox.ts';
import type { CurrentPlan } from './plans.ts';
import type { Kill } from './push.ts';
import type { Cell, Resolution } from './resolution.ts';

type Timer = ReturnType<typeof setTimeout>;

/** The options that the modules read themselves. */
interface Settings extends ConnectionOptions {
  readonly bootstrap?: Bootstrap;
  readonly remoteEvaluation?: boolean;
  readonly consent?: boolean;
}

/** Everything a client knows: the modules of this folder are functions over this one record. */
export interface State extends Environment, Omit<Settings, 'storage'> {
  readonly storage: Storage | undefined;
  /** Where everything of the edge lies. */
  readonly address: string;
  /** How the key is named in addresses, and the query that says whose events come in. */
  readonly keyPath: string;
  readonly query: string;
  readonly now: () => number;
  /** Whether anything may be stored or sent, whether the client runs, and whether the person opted out. */
  isAllowed: boolean;
  isStarted?: boolean;
  /** Whether `ready` has settled. */
  isReady?: boolean;
  isOut?: boolean;
  /** What was reported last. */
  lastReport?: string;

  // plans.ts
  /** Where plans are decided, unless at a page, which knows less. */
  readonly place?: 'server' | undefined;
  /** Milliseconds between two looks; 0 looks only when asked to. */
  readonly intervalMs: number;
  /** Refuses what the environment has not signed. */
  trust?: Trust | undefined;
  /** Called after a look, and with every plan that takes the place of another. */
  onPlan(plan?: CurrentPlan): void;
  current?: CurrentPlan;
  /** How many attempts to get a plan have failed since one did not. */
  failures: number;
  looking?: Promise<void>;
  lookTimer?: Timer;
  /** The revision that was told, and how many looks have not brought it. */
  expected: number;
  misses: number;
  readonly kills: Map<string, Kill>;

  // push.ts
  socket?: WebSocket | undefined;
  pushTimer?: Timer;
  /** Whether the edge tells of changes, so that looking for them is rarely needed. */
  isLive?: boolean;
  /** Whether the key or the page has been turned away for good. */
  isOver?: boolean;
  /** Whether the edge has been heard since the last sign of life. */
  isHeard?: boolean;
  /** How many connections have been lost since one lasted. */
  breaks: number;

  // outbox.ts
  /** What waits to be acknowledged, by the keys under which it is stored. */
  readonly waiting: Map<string, Entry>;
  /** Those that are stored: when they are gone from there, another page has delivered them. */
  readonly stored: Set<Entry>;
  /** The exposures of this session. */
  readonly seen: Set<unknown>;
  sending: Promise<void>;
  sendTimer?: Timer | undefined;
  /** Whether events are stored and delivered; until then they only wait, in memory. */
  isOpen?: boolean;
  /** While a pause lasts, which the timer ends, nothing leaves. */
  isPaused?: boolean;
  batch?: Batch | undefined;
  batchSize: number;
  refusals: number;
  /** Events that were given up, and the entry that will tell the edge of the latest. */
  dropped: number;
  loss?: Entry | undefined;

  // table.ts
  /** The application's context, and the device's id. */
  given: Context;
  deviceId?: string | undefined;
  /** What a server decided for this page, and what replaces decisions. */
  readonly served: Map<string, Resolution>;
  readonly replaced: Map<string, FlagValue | undefined>;
  readonly listeners: Set<(changed: readonly string[]) => void>;
  /** Only flags that were asked for have a cell, so that only those are compared when everything is decided again. */
  readonly cells: Map<string, Cell>;
  /** What the edge was asked about for this context: everything that is unknown here by `plan`. */
  remote: { plan?: unknown; answers?: ReadonlyMap<string, Resolution> };
}

/**
 * The state of a client that knows nothing yet; refuses options that can never work. `keyPath` stands for a key that may
 * not stand in addresses.
 */
export const createState = (
  environment: Environment,
  settings: Settings,
  intervalMs: number,
  onPlan: State['onPlan'],
  keyPath: string = encodeURIComponent(settings.key),
  query = `?key=${keyPath}`,
): State => {
  const { endpoint, key, now = Date.now } = settings;
  if (!endpoint?.length || !key?.length || (environment.page && key.startsWith('sk_')))
    throw new FlagError('INVALID_OPTIONS', 'endpoint or key');
  return {
    ...environment,
    ...settings,
    storage: settings.storage ?? environment.page?.storage,
    address: `${endpoint.replace(/\/+$/, '')}/v1/`,
    keyPath,
    query,
    now,
    isAllowed: settings.consent !== false,
    intervalMs,
    onPlan,
    failures: 0,
    expected: -1,
    misses: 0,
    kills: new Map(),
    breaks: 0,
    waiting: new Map(),
    stored: new Set(),
    seen: new Set(),
    sending: Promise.resolve(),
    batchSize: MAX_EVENTS,
    refusals: 0,
    dropped: 0,
    given: {},
    served: new Map(),
    replaced: new Map(),
    listeners: new Set(),
    cells: new Map(),
    remote: {},
  };
};

const warn: Logger = (message, cause) => {
  // biome-ignore lint/suspicious/noConsole: The console is where a developer looks; `logger` replaces it.
  console.warn('pennon:', message, cause ?? '');
};

/** Tells the logger what went wrong in the background, the same trouble once until something else happens. */
export const report = (state: State, message: string, cause?: unknown): void => {
  if (message === state.lastReport) return;
  state.lastReport = message;
  try {
    const { logger = warn } = state;
    logger(message, cause);
  } catch {
    // A logger that throws must not take the flags down with it.
  }
};

/** Does something that calls the application's code; what that throws is reported. */
export const attempt = (state: State, what: string, action: () => void): void => {
  try {
    action();
  } catch (cause) {
    report(state, what, cause);
  }
};
