import type { FlagValue } from '../types.ts';
import {
  BEACON_MAX_LENGTH,
  MAX_AGE_MS,
  MAX_EVENTS,
  MAX_WAITING,
  REFUSED_PAUSE_MS,
  SEND_AFTER_MS,
} from './limits.ts';
import type { Link } from './link.ts';
import { backOffMs } from './poller.ts';
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
const PREFIX = 'event:';
/** Answers to a key that is not let in. */
const REFUSED = [401, 403];
/** Answers of the 4xx kind that do not condemn the batch. */
const RETRIED = [...REFUSED, 408, 429];

/** Keeps events until the edge has acknowledged them; before it is opened they only wait, in memory. */
export interface Outbox {
  /** Events that were given up. */
  dropped: number;
  add(event: Pick<Event, 'type' | 'units'> & Partial<Event>): void;
  /** Tries to deliver everything; settles when the attempt is over. */
  flush(): Promise<void>;
  /** Hands everything to the browser, for a page that may be about to end. */
  beacon(): void;
  /** Begins to store and deliver, with what waits here and what earlier pages left. */
  open(): Promise<void>;
  /** Forgets everything, and only keeps what comes in memory. */
  shut(): void;
  stop(): void;
}

/**
 * `onDropped` is called when events were given up.
 *
 * An event may travel in several batches: by beacon, from another tab, after a reload. Its own id lets the edge count it
 * once however often it arrives.
 */
export const createOutbox = (link: Link, onDropped: () => void): Outbox => {
  const waiting = new Map<string, Event>();
  let sending: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOpen = false;
  let isPaused = false;
  let batch: Batch | undefined;
  let batchSize = MAX_EVENTS;
  let failures = 0;
  /** How many dropped events the edge does not know of. */
  let untold = 0;

  const store = (event: Event): void => void link.vault('set', PREFIX + event.id, event);
  const forget = (events: Iterable<Event>): void => {
    batch = undefined;
    for (const { id } of events) {
      waiting.delete(id);
      void link.vault('set', PREFIX + id, undefined);
    }
  };
  const drop = (events: readonly Event[], why: unknown): void => {
    forget(events);
    untold += events.length;
    outbox.dropped += events.length;
    link.report('events dropped', why);
    onDropped();
  };
  /** Gives up what is too old, and the oldest of what is too much. */
  const prune = (): void => {
    const gone = [...waiting.values()].filter(
      ({ at }, i) => link.now() - at > MAX_AGE_MS || i < waiting.size - MAX_WAITING,
    );
    if (gone.length) drop(gone, 'old or many');
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
  const toBody = (sent: Batch): string =>
    JSON.stringify({ client: CLIENT_NAME, sent_at: link.now(), ...sent });

  const deliver = async (): Promise<void> => {
    prune();
    while (isOpen && !isPaused && waiting.size) {
      batch ??= {
        id: uuidv7(link.now()),
        dropped: untold || undefined,
        events: [...waiting.values()].slice(0, batchSize),
      };
      const { dropped = 0, events } = batch;
      const { status, retryMs } = await link.send(link.eventsPath, {
        method: 'POST',
        body: toBody(batch),
      });
      if (status >= 200 && status < 300) {
        failures = 0;
        untold -= dropped;
        batchSize = MAX_EVENTS;
        forget(events);
      } else if (status === 413 && events.length > 1) {
        batchSize = events.length >> 1;
        batch = undefined;
      } else if (status >= 400 && status < 500 && !RETRIED.includes(status)) drop(events, status);
      else {
        // Nothing leaves while a pause lasts.
        stop();
        isPaused = true;
        schedule(
          REFUSED.includes(status)
            ? REFUSED_PAUSE_MS
            : retryMs || backOffMs(SEND_AFTER_MS, failures++),
        );
      }
    }
  };
  const flush = (): Promise<void> => {
    if (!isPaused) stop();
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
    beacon() {
      const events = isOpen && !isPaused ? [...waiting.values()] : [];
      while (events.length) {
        // What a beacon carries is not acknowledged: it stays here, and may arrive twice unharmed.
        const body = toBody({ id: uuidv7(link.now()), events: events.splice(0, MAX_EVENTS) });
        if (body.length < BEACON_MAX_LENGTH)
          link.page?.sendBeacon(link.base + link.eventsPath, body);
      }
    },
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
