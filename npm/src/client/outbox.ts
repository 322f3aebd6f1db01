import type { FlagValue } from '../types.ts';
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
const MAX_EVENTS = 20;
const SEND_AFTER_MS = 5_000;
const MAX_AGE_MS = 7 * 86_400_000;
const MAX_WAITING = 1_000;
const RETRY_MIN_MS = 5_000;
const RETRY_MAX_MS = 300_000;
/** Browsers refuse a beacon above 64 KiB, counted over all that are under way. */
const BEACON_MAX_LENGTH = 60_000;
const PREFIX = 'event:';

/** Keeps events until the edge has acknowledged them; while it is shut they only wait, in memory. */
export interface Outbox {
  add(event: Event): void;
  /** Tries to deliver everything; settles when the attempt is over. */
  flush(): Promise<void>;
  /** Hands everything to the browser, for a page that may be about to end. */
  beacon(): void;
  /** Begins to store and deliver, with what waits here and what earlier pages left. */
  open(): Promise<void>;
  /** Forgets everything, and only keeps what comes in memory. */
  shut(): void;
  stop(): void;
  dropped(): number;
}

/**
 * `onDropped` is called when the number of events given up has changed.
 *
 * An event may travel in several batches: by beacon, from another tab, after a reload. Its own id lets the edge count it
 * once however often it arrives.
 */
export const createOutbox = (
  { eventsUrl, headers, now, page, report, send, vault }: Link,
  onDropped: () => void,
): Outbox => {
  const waiting = new Map<string, Event>();
  let sending: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isShut = true;
  /** Somebody may let the key in again, but not while this page lasts. */
  let isLockedOut = false;
  let isPaused = false;
  let batch: Batch | undefined;
  let batchSize = MAX_EVENTS;
  let failures = 0;
  let dropped = 0;
  let droppedTold = 0;

  const store = (event: Event): void => void vault.set(PREFIX + event.id, event);
  const forget = (events: Iterable<Event>): void => {
    batch = undefined;
    for (const { id } of events) {
      waiting.delete(id);
      void vault.set(PREFIX + id, undefined);
    }
  };
  const drop = (events: readonly Event[], why: unknown): void => {
    forget(events);
    dropped += events.length;
    report('events dropped', why);
    onDropped();
  };
  /** Calls `flush` after a while, unless that is already going to happen. */
  const schedule = (ms: number): void => {
    timer ??= setTimeout(() => {
      isPaused = false;
      void flush();
    }, ms);
  };
  const halt = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const newBatch = (events: readonly Event[], untold?: number): Batch => ({
    id: uuidv7(now()),
    dropped: untold || undefined,
    events,
  });
  const toBody = (sent: Batch): string =>
    JSON.stringify({ client: CLIENT_NAME, sent_at: now(), ...sent });

  /** Reacts to what the edge said about a batch. */
  const settle = ({ dropped: told, events }: Batch, status: number, retryMs?: number): void => {
    if (status >= 200 && status < 300) {
      failures = 0;
      droppedTold += told ?? 0;
      batchSize = MAX_EVENTS;
      forget(events);
    } else if (status === 413 && events.length > 1) {
      batchSize = events.length >> 1;
      batch = undefined;
    } else if (status === 401 || status === 403) isLockedOut = true;
    else if (status >= 400 && status < 500 && status !== 408 && status !== 429)
      drop(events, status);
    else {
      // Nothing leaves while a pause lasts that the other side asked for, or that a failure makes wise.
      isPaused = true;
      const backOffMs = Math.min(RETRY_MIN_MS * 2 ** failures++, RETRY_MAX_MS);
      schedule(retryMs ?? backOffMs * (0.5 + Math.random() / 2));
    }
  };
  const deliver = async (): Promise<void> => {
    while (waiting.size && !isPaused && !isShut && !isLockedOut) {
      const events = [...waiting.values()];
      const old = events.filter(({ at }) => now() - at > MAX_AGE_MS);
      if (old.length) drop(old, 'too old');
      else {
        batch ??= newBatch(events.slice(0, batchSize), dropped - droppedTold);
        const sent = batch;
        const { status, retryMs } = await send(eventsUrl, {
          method: 'POST',
          headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers },
          body: toBody(sent),
        });
        settle(sent, status, retryMs);
      }
    }
  };
  const flush = (): Promise<void> => {
    if (!isPaused) halt();
    sending = sending.then(deliver);
    return sending;
  };

  return {
    add(event) {
      waiting.set(event.id, event);
      if (!isShut) store(event);
      const [oldest] = waiting.values();
      if (oldest && waiting.size > MAX_WAITING) drop([oldest], 'too many');
      if (waiting.size === MAX_EVENTS) void flush();
      else if (!isShut) schedule(SEND_AFTER_MS);
    },
    flush,
    beacon() {
      const events = isPaused || isShut || isLockedOut ? [] : [...waiting.values()];
      while (events.length) {
        // What a beacon carries is not acknowledged: it stays here, and may arrive twice unharmed.
        const body = toBody(newBatch(events.splice(0, MAX_EVENTS)));
        if (body.length < BEACON_MAX_LENGTH) page?.sendBeacon(eventsUrl, body);
      }
    },
    async open() {
      isShut = false;
      for (const event of waiting.values()) store(event);
      for (const key of (await vault.keys(PREFIX)) ?? []) {
        const event = (await vault.get(key)) as Event | undefined;
        if (event) waiting.set(event.id, event);
      }
      if (waiting.size) schedule(SEND_AFTER_MS);
    },
    shut() {
      forget(waiting.values());
      isShut = true;
    },
    stop() {
      halt();
      isPaused = false;
    },
    dropped: () => dropped,
  };
};
