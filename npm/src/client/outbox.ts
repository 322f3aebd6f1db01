import type { Context, FlagValue } from '../types.ts';
import { backOffMs } from './back-off.ts';
import type { TrackedEvent } from './client.ts';
import {
  LEAVING_MAX_LENGTH,
  MAX_AGE_MS,
  MAX_EVENTS,
  MAX_SEEN,
  MAX_WAITING,
  REFUSED_PAUSE_MS,
  SEND_AFTER_MS,
} from './limits.ts';
import { ask } from './request.ts';
import type { Resolution } from './resolution.ts';
import { report, type State } from './state.ts';
import { announce } from './table.ts';
import { uuidv7 } from './uuid.ts';
import { vault } from './vault.ts';

// Turns what was seen and done into events, each exposure once a session, and keeps them until the edge has
// acknowledged them; before the outbox is opened they only wait, in memory.
//
// An event may travel in several batches: by a beacon, from another tab, after a reload. Its own id lets the edge count
// it once however often it arrives.

/** One thing that happened, as `docs/events.md` describes it; or, with `dropped`, how many of them were given up. */
export interface Entry {
  readonly id: string;
  readonly at?: number;
  readonly dropped?: number;
  readonly [field: string]: FlagValue | undefined;
}

/**
 * What travels together, the same at every attempt. The batch that tells of a loss has the id of its entry: whatever it
 * travels with, after a reload or from another tab, the edge counts it once.
 */
export interface Batch extends Entry {
  readonly events: readonly Entry[];
}

// biome-ignore lint/correctness/noUndeclaredVariables: The build puts it in.
const CLIENT_NAME = `pennon-js/${PENNON_VERSION}`;

const unitsOf = ({ units }: Context): Record<string, string> => {
  const ids: Record<string, string> = {};
  for (const [type, id] of Object.entries(units ?? {}))
    if (typeof id === 'string' || typeof id === 'number') ids[type] = `${id}`;
  return ids;
};

/** The key under which an entry is stored. Two environments on one origin do not take each other's. */
const keyOf = (state: State, id: string): string => `pennon:event:${state.keyPath}:${id}`;
/** Everything that waits but losses, which are told with the next event. */
const eventsIn = (state: State): Entry[] =>
  [...state.waiting.values()].filter(({ dropped }) => !dropped);

const storeSeen = (state: State): void => {
  if (state.isOpen) state.page?.setSession([...state.seen]);
};
const store = async (state: State, entry: Entry): Promise<void> => {
  if ((await vault(state, 'set', keyOf(state, entry.id), entry)) !== false) state.stored.add(entry);
};
const keep = (state: State, entry: Entry): void => {
  state.waiting.set(keyOf(state, entry.id), entry);
  if (state.isOpen) void store(state, entry);
};
const forget = (state: State, entries: Iterable<Entry>): void => {
  for (const entry of entries) {
    const key = keyOf(state, entry.id);
    state.batch = undefined;
    // A loss that has been told grows no more.
    if (entry === state.loss) state.loss = undefined;
    state.stored.delete(entry);
    state.waiting.delete(key);
    void vault(state, 'set', key);
  }
};
/** Counts events as dropped, and tells how many they are. */
const giveUp = (state: State, events: readonly Entry[], why: unknown): number => {
  if (!events.length) return 0;
  forget(state, events);
  state.dropped += events.length;
  state.loss = {
    id: state.loss?.id ?? uuidv7(state.now()),
    dropped: (state.loss?.dropped ?? 0) + events.length,
  };
  keep(state, state.loss);
  report(state, 'dropped', why);
  announce(state);
  return events.length;
};
/** Gives up what is too old, and the oldest of what is too much. */
const prune = (state: State): number =>
  giveUp(
    state,
    eventsIn(state).filter(
      ({ at }, i, { length }) =>
        state.now() - (at as number) > MAX_AGE_MS || i < length - MAX_WAITING,
    ),
    'old or many',
  );
const add = (
  state: State,
  fields: Readonly<Record<string, FlagValue | undefined>>,
  context: Context,
): void => {
  const at = state.now();
  const entry = { id: uuidv7(at), at, units: unitsOf(context), ...fields };
  try {
    // It stays as it is now, and what is no JSON must not stop the others.
    keep(state, JSON.parse(JSON.stringify(entry)));
  } catch (cause) {
    giveUp(state, [entry], cause);
  }
  if (state.isOpen) schedule(state, SEND_AFTER_MS);
  prune(state);
  if (state.waiting.size === MAX_EVENTS) void flush(state);
};
const schedule = (state: State, ms: number): void => {
  state.sendTimer ??= setTimeout(() => {
    stopSending(state);
    void flush(state);
  }, ms);
};
/** Takes over what other pages have stored, and lets go of what they have delivered. */
const share = async (state: State): Promise<void> => {
  const mine = [...state.stored];
  const keys = (await vault(state, 'keys', keyOf(state, ''))) as readonly string[] | undefined;
  if (!keys || !state.isOpen) return;
  forget(
    state,
    mine.filter(({ id }) => !keys.includes(keyOf(state, id))),
  );
  for (const key of keys) {
    const entry =
      !state.waiting.has(key) && ((await vault(state, 'get', key)) as Entry | undefined);
    // Anybody may write there.
    if (entry && state.isOpen && keyOf(state, entry.id) === key) {
      state.stored.add(entry);
      state.waiting.set(key, entry);
      state.dropped += entry.dropped ?? 0;
    }
  }
};
const bodyOf = (state: State, batch: Batch): string =>
  JSON.stringify({ client: CLIENT_NAME, sent_at: state.now(), ...batch });
const deliver = async (state: State): Promise<void> => {
  await share(state);
  prune(state);
  while (state.isOpen && !state.isPaused && eventsIn(state).length) {
    state.batch ??= {
      id: uuidv7(state.now()),
      ...[...state.waiting.values()].find(({ dropped }) => dropped),
      events: eventsIn(state).slice(0, state.batchSize),
    };
    const {
      batch,
      batch: { events },
    } = state;
    // What is given up from now on is told with another batch.
    if (batch.id === state.loss?.id) state.loss = undefined;
    const answer = await ask(state, `events${state.query}`, bodyOf(state, batch));
    const code = `${answer.status}`;
    if (/^2/.test(code)) {
      state.refusals = 0;
      state.batchSize = MAX_EVENTS;
      // The batch stands for the loss, whose id it has.
      forget(state, [...events, batch]);
    } else if (answer.status === 413 && events.length > 1) {
      state.batchSize = events.length >> 1;
      state.batch = undefined;
    }
    // A time-out and too many requests do not condemn the batch.
    else if (!/^4(?!0[138]|29)/.test(code) || !giveUp(state, events, code)) {
      stopSending(state);
      state.isPaused = true;
      schedule(
        state,
        /40[13]/.test(code)
          ? REFUSED_PAUSE_MS
          : answer.retryMs || backOffMs(SEND_AFTER_MS, state.refusals++),
      );
    }
  }
};

/** Tries to deliver everything, also what other pages have stored; settles when the attempt is over. */
export const flush = (state: State): Promise<void> => {
  state.sending = state.sending
    .then(async () => {
      if (!state.isOpen || state.isPaused) return;
      await (state.page ? state.page.alone(() => deliver(state)) : deliver(state));
      // Another page is sending.
      if (eventsIn(state).length) schedule(state, SEND_AFTER_MS);
    })
    .catch((cause) => report(state, 'flush', cause));
  return state.sending;
};

/** Counts that somebody met a flag; once a session for each variant. */
export const expose = (
  state: State,
  flag: string,
  answer: Resolution,
  context: Context,
  dimensions: readonly string[] | undefined = state.dimensions,
): void => {
  answer.exposure = false;
  const { variant, revision, reason, rule } = answer;
  const mark = JSON.stringify([unitsOf(context), flag, variant, rule]);
  if (state.isOut || state.seen.has(mark)) return;
  const properties =
    dimensions && Object.fromEntries(dimensions.map((name) => [name, context.attributes?.[name]]));
  add(state, { type: 'exposure', flag, variant, revision, reason, rule, properties }, context);
  if (state.seen.size >= MAX_SEEN) state.seen.clear();
  state.seen.add(mark);
  storeSeen(state);
};

/** Records something that somebody did. */
export const track = (
  state: State,
  name: string,
  event: TrackedEvent | undefined,
  context: Context,
): void => {
  if (!state.isOut) add(state, { type: 'track', name, ...event }, context);
};

/** Hands everything to the browser at once, because the page may end now; it is still kept until it is acknowledged. */
export const leave = (state: State): void => {
  // What was given up is told where the answer is heard.
  const rest = state.isOpen && !state.isPaused ? eventsIn(state) : [];
  for (let size = MAX_EVENTS; rest.length; ) {
    const body = bodyOf(state, { id: uuidv7(state.now()), events: rest.slice(0, size) });
    if (body.length > LEAVING_MAX_LENGTH && size > 1) size >>= 1;
    else {
      rest.splice(0, size);
      const path = `events${state.query}`;
      if (!state.page?.beacon(state.address + path, body)) void ask(state, path, body);
    }
  }
};

/** Begins to store and deliver, with what waits here and what earlier pages left and have counted. */
export const openOutbox = async (state: State): Promise<void> => {
  state.isOpen = true;
  const earlier = state.page?.session();
  if (Array.isArray(earlier)) for (const mark of earlier) state.seen.add(mark);
  storeSeen(state);
  for (const entry of state.waiting.values()) void store(state, entry);
  await share(state);
  if (eventsIn(state).length) schedule(state, SEND_AFTER_MS);
};

/** Forgets everything, also what other pages left, and only keeps what comes in memory. */
export const shutOutbox = async (state: State): Promise<void> => {
  state.seen.clear();
  storeSeen(state);
  forget(state, state.waiting.values());
  state.isOpen = false;
  const keys = await vault(state, 'keys', keyOf(state, ''));
  // By now storing may be forbidden, but not removing.
  for (const key of (keys || []) as string[]) void vault(state, 'set', key, undefined, true);
};

/** Sets no more timers off. */
export const stopSending = (state: State): void => {
  clearTimeout(state.sendTimer);
  state.sendTimer = undefined;
  state.isPaused = false;
};
