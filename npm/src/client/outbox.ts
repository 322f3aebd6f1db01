import type { FlagValue } from '../types.ts';
import { backOffMs } from './back-off.ts';
import { MAX_AGE_MS, MAX_EVENTS, MAX_WAITING, REFUSED_PAUSE_MS, SEND_AFTER_MS } from './limits.ts';
import type { Link } from './link.ts';
import { uuidv7 } from './uuid.ts';

/** One thing that happened, as `docs/events.md` describes it. */
export interface Event {
  readonly id: string;
  readonly type: 'exposure' | 'track';
  readonly at: number;
  readonly units: Readonly<Record<string, string>>;
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

/** Keeps events until the edge has acknowledged them; before it is opened they only wait, in memory. */
export interface Outbox {
  /** Events that were given up. */
  dropped: number;
  add(event: Pick<Event, 'type' | 'units'> & Partial<Event>): void;
  /** Tries to deliver everything; settles when the attempt is over. What leaves arrives even if the page ends. */
  flush(): Promise<void>;
  /** Begins to store and deliver, with what waits here and what earlier pages left. */
  open(): Promise<void>;
  /** Forgets everything, and only keeps what comes in memory. */
  shut(): void;
  stop(): void;
}

/**
 * `path` is where events are taken, and `onDropped` is called when some were given up.
 *
 * An event may travel in several batches: from another tab, after a reload. Its own id lets the edge count it once
 * however often it arrives.
 */
export const createOutbox = (link: Link, path: string, onDropped: () => void): Outbox => {
  const waiting = new Map<string, Event>();
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

  const store = (event: Event): void => void link.vault('set', PREFIX + event.id, event);
  const forget = (events: Iterable<Event>): void => {
    batch = undefined;
    for (const { id } of events) {
      waiting.delete(id);
      void link.vault('set', PREFIX + id, undefined);
    }
  };
  const drop = (events: readonly Event[], why: unknown): void => {
    if (!events.length) return;
    forget(events);
    outbox.dropped += events.length;
    link.report('events dropped', why);
    onDropped();
  };
  /** Gives up what is too old, and the oldest of what is too much. */
  const prune = (): void =>
    drop(
      [...waiting.values()].filter(
        ({ at }, i) => link.now() - at > MAX_AGE_MS || i < waiting.size - MAX_WAITING,
      ),
      'old or many',
    );
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
        id: uuidv7(link.now()),
        dropped: outbox.dropped - told || undefined,
        events: [...waiting.values()].slice(0, batchSize),
      };
      const { dropped = 0, events } = batch;
      const { status, retryMs } = await link.send(
        path,
        JSON.stringify({ client: CLIENT_NAME, sent_at: link.now(), ...batch }),
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

  const outbox: Outbox = {
    dropped: 0,
    add(fields) {
      const event = { id: uuidv7(link.now()), at: link.now(), ...fields };
      waiting.set(event.id, event);
      if (isOpen) {
        store(event);
        schedule(SEND_AFTER_MS);
      }
      prune();
      if (waiting.size === MAX_EVENTS) void flush();
    },
    flush,
    async open() {
      isOpen = true;
      for (const event of waiting.values()) store(event);
      for (const key of (await link.vault('keys', PREFIX)) ?? []) {
        const event = (await link.vault('get', key)) as Event | undefined;
        if (event) waiting.set(event.id, event);
      }
      if (waiting.size) schedule(SEND_AFTER_MS);
    },
    shut() {
      forget(waiting.values());
      isOpen = false;
    },
    stop,
  };
  return outbox;
};
