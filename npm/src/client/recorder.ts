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
  /** Tries to deliver everything, also what other pages have stored; settles when the attempt is over. */
  flush(): Promise<void>;
  /** Hands everything to the browser at once, because the page may end now; it is still kept until it is acknowledged. */
  leave(): void;
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
 * `path` is where events are taken, exposures carry the attributes `dimensions`, and `onDropped` is called when some
 * events were given up.
 *
 * An event may travel in several batches: by a beacon, from another tab, after a reload. Its own id lets the edge count
 * it once however often it arrives.
 */
export const createRecorder = (
  { address, keyPath, now, page, report, ask, vault }: Link,
  path: string,
  dimensions: readonly string[] | undefined,
  onDropped: () => void,
): Recorder => {
  /** Two environments on one origin do not take each other's events. */
  const prefix = `pennon:event:${keyPath}:`;
  const keyOf = ({ id }: Event): string => prefix + id;
  /** By the keys under which they are stored. */
  const waiting = new Map<string, Event>();
  /** Those that are stored: when they are gone from there, another page has delivered them. */
  const stored = new Set<Event>();
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

  const store = async (event: Event): Promise<void> => {
    if ((await vault('set', keyOf(event), event)) !== false) stored.add(event);
  };
  const storeSeen = (): void => {
    if (isOpen) page?.setSession([...seen]);
  };
  const forget = (events: Iterable<Event>): void => {
    for (const event of events) {
      batch = undefined;
      stored.delete(event);
      waiting.delete(keyOf(event));
      void vault('set', keyOf(event), undefined);
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
    waiting.set(keyOf(event), event);
    if (isOpen) {
      void store(event);
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

  /** Takes over what other pages have stored, and lets go of what they have delivered. */
  const share = async (): Promise<void> => {
    const mine = [...stored];
    const keys = await vault('keys', prefix);
    if (!keys) return;
    forget(mine.filter((event) => !keys.includes(keyOf(event))));
    for (const key of keys) {
      const event = !waiting.has(key) && ((await vault('get', key)) as Event | undefined);
      // Anybody may write there.
      if (event && keyOf(event) === key) {
        stored.add(event);
        waiting.set(key, event);
      }
    }
  };
  const bodyOf = (batch: Batch): string =>
    JSON.stringify({ client: CLIENT_NAME, sent_at: now(), ...batch });
  const deliver = async (): Promise<void> => {
    await share();
    prune();
    while (isOpen && !isPaused && waiting.size) {
      batch ??= {
        id: uuidv7(now()),
        dropped: recorder.dropped - told || undefined,
        events: [...waiting.values()].slice(0, batchSize),
      };
      const { dropped = 0, events } = batch;
      const { status, retryMs } = await ask(path, bodyOf(batch));
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
    sending = sending.then(async () => {
      if (!isOpen || isPaused) return;
      await (page ? page.alone(deliver) : deliver());
      // Another page is sending.
      if (waiting.size) schedule(SEND_AFTER_MS);
    });
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
      const properties =
        dimensions &&
        Object.fromEntries(dimensions.map((name) => [name, context.attributes?.[name]]));
      add({ type: 'exposure', flag, variant, revision, reason, rule, properties }, context);
      if (seen.size >= MAX_SEEN) seen.clear();
      seen.add(mark);
      storeSeen();
    },
    track(name, event, context) {
      if (!recorder.isOut) add({ type: 'track', name, ...event }, context);
    },
    flush,
    leave() {
      const rest = isOpen && !isPaused ? [...waiting.values()] : [];
      for (let size = MAX_EVENTS; rest.length; ) {
        // Dropped events are told where the answer is heard.
        const body = bodyOf({ id: uuidv7(now()), events: rest.slice(0, size) });
        if (body.length > LEAVING_MAX_LENGTH && size > 1) size >>= 1;
        else {
          rest.splice(0, size);
          if (!page?.beacon(address + path, body)) void ask(path, body);
        }
      }
    },
    async open() {
      isOpen = true;
      const earlier = page?.session();
      if (Array.isArray(earlier)) seen = new Set([...earlier, ...seen]);
      storeSeen();
      for (const event of waiting.values()) void store(event);
      await share();
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
