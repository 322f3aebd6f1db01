import type { Context, FlagValue } from '../types.ts';
import { backOffMs } from './back-off.ts';
import type { TrackedEvent } from './client.ts';
import {
  MAX_AGE_MS,
  MAX_EVENTS,
  MAX_SEEN,
  MAX_WAITING,
  REFUSED_PAUSE_MS,
  SEND_AFTER_MS,
} from './limits.ts';
import type { Link } from './link.ts';
import type { Resolution } from './resolution.ts';
import { uuidv7 } from './uuid.ts';

/** One thing that happened, as `docs/events.md` describes it. */
interface Event {
  readonly id: string;
  readonly at: number;
  readonly [field: string]: FlagValue | undefined;
}

/** Events that travel together: the same at every attempt, so that the id means the same to the edge. */
interface Batch {
  readonly id: string;
  readonly dropped?: number | undefined;
  readonly events: readonly Event[];
}

// biome-ignore lint/correctness/noUndeclaredVariables: The build puts it in.
const CLIENT_NAME = `pennon-js/${PENNON_VERSION}`;
const PREFIX = 'pennon:event:';

/**
 * Turns what was seen and done into events, each exposure once a session, and keeps them until the edge has acknowledged
 * them; before it is opened they only wait, in memory.
 */
export interface Recorder {
  /** Whether the person wants to be counted no more. */
  isOut: boolean;
  /** Events that were given up. */
  dropped: number;
  expose(key: string, answer: Resolution, context: Context): void;
  track(name: string, event: TrackedEvent | undefined, context: Context): void;
  /** Tries to deliver everything; settles when the attempt is over. What leaves arrives even if the page ends. */
  flush(): Promise<void>;
  /** Begins to store and deliver, with what waits here and what earlier pages left and have counted. */
  open(): Promise<void>;
  /** Forgets everything, and only keeps what comes in memory. */
  shut(): void;
  /** Sets no more timers off. */
  stop(): void;
}

const unitsOf = ({ units }: Context): Record<string, string> => {
  const ids: Record<string, string> = {};
  for (const [type, id] of Object.entries(units ?? {}))
    if (typeof id === 'string' || typeof id === 'number') ids[type] = `${id}`;
  return ids;
};

/**
 * `path` is where events are taken, and `onDropped` is called when some were given up.
 *
 * An event may travel in several batches: from another tab, after a reload. Its own id lets the edge count it once
 * however often it arrives.
 */
export const createRecorder = (
  { now, page, report, send, vault }: Link,
  path: string,
  onDropped: () => void,
): Recorder => {
  const waiting = new Map<string, Event>();
  let seen = new Set<unknown>();
  let sending: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOpen = false;
  /** While a pause lasts, which the timer ends, nothing leaves. */
  let isPaused = false;
  let batch: Batch | undefined;
  let batchSize = MAX_EVENTS;
  let failures = 0;
  /** How many dropped events the edge knows of. */
  let told = 0;

  const store = (event: Event): void => void vault('set', PREFIX + event.id, event);
  const storeSeen = (): void => {
    if (isOpen) page?.setSession([...seen]);
  };
  const forget = (events: Iterable<Event>): void => {
    batch = undefined;
    for (const { id } of events) {
      waiting.delete(id);
      void vault('set', PREFIX + id, undefined);
    }
  };
  const drop = (events: readonly Event[], why: unknown): void => {
    if (!events.length) return;
    forget(events);
    recorder.dropped += events.length;
    report('dropped', why);
    onDropped();
  };
  /** Gives up what is too old, and the oldest of what is too much. */
  const prune = (): void =>
    drop(
      [...waiting.values()].filter(
        ({ at }, i) => now() - at > MAX_AGE_MS || i < waiting.size - MAX_WAITING,
      ),
      'old or many',
    );
  const add = (fields: Readonly<Record<string, FlagValue | undefined>>, context: Context): void => {
    const event = { id: uuidv7(now()), at: now(), units: unitsOf(context), ...fields };
    waiting.set(event.id, event);
    if (isOpen) {
      store(event);
      schedule(SEND_AFTER_MS);
    }
    prune();
    if (waiting.size === MAX_EVENTS) void flush();
  };
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
    isPaused = false;
  };
  const schedule = (ms: number): void => {
    timer ??= setTimeout(() => {
      stop();
      void flush();
    }, ms);
  };
  const pause = (ms: number): void => {
    stop();
    isPaused = true;
    schedule(ms);
  };

  const deliver = async (): Promise<void> => {
    prune();
    while (isOpen && !isPaused && waiting.size) {
      batch ??= {
        id: uuidv7(now()),
        dropped: recorder.dropped - told || undefined,
        events: [...waiting.values()].slice(0, batchSize),
      };
      const { dropped = 0, events } = batch;
      const { status, retryMs } = await send(
        path,
        JSON.stringify({ client: CLIENT_NAME, sent_at: now(), ...batch }),
      );
      const code = `${status}`;
      if (/^2/.test(code)) {
        failures = 0;
        told += dropped;
        batchSize = MAX_EVENTS;
        forget(events);
      } else if (status === 413 && events.length > 1) {
        batchSize = events.length >> 1;
        batch = undefined;
      } else if (/40[13]/.test(code)) pause(REFUSED_PAUSE_MS);
      // A time-out and too many requests do not condemn the batch.
      else if (/^4(?!08|29)/.test(code)) drop(events, status);
      else pause(retryMs || backOffMs(SEND_AFTER_MS, failures++));
    }
  };
  const flush = (): Promise<void> => {
    sending = sending.then(deliver);
    return sending;
  };

  const recorder: Recorder = {
    isOut: false,
    dropped: 0,
    expose(flag, answer, context) {
      answer.exposure = false;
      const { variant, revision, reason, rule } = answer;
      const mark = JSON.stringify([unitsOf(context), flag, variant, rule]);
      if (recorder.isOut || seen.has(mark)) return;
      add({ type: 'exposure', flag, variant, revision, reason, rule }, context);
      if (seen.size >= MAX_SEEN) seen.clear();
      seen.add(mark);
      storeSeen();
    },
    track(name, event, context) {
      if (!recorder.isOut) add({ type: 'track', name, ...event }, context);
    },
    flush,
    async open() {
      isOpen = true;
      const earlier = page?.session();
      if (Array.isArray(earlier)) seen = new Set([...earlier, ...seen]);
      storeSeen();
      for (const event of waiting.values()) store(event);
      for (const key of (await vault('keys', PREFIX)) ?? []) {
        const event = (await vault('get', key)) as Event | undefined;
        if (event) waiting.set(event.id, event);
      }
      if (waiting.size) schedule(SEND_AFTER_MS);
    },
    shut() {
      seen.clear();
      storeSeen();
      forget(waiting.values());
      isOpen = false;
    },
    stop,
  };
  return recorder;
};
