import type { FlagValue } from '../types.ts';
import type { Storage } from './options.ts';
import type { Page } from './page.ts';
import { request, retryAfterMs } from './request.ts';
import type { Vault } from './storage.ts';
import { uuidv7 } from './uuid.ts';

/** One thing that happened, as `docs/events.md` describes it. */
export interface Event {
  readonly id: string;
  readonly type: 'exposure' | 'track';
  readonly at: number;
  readonly units: Readonly<Record<string, string>>;
  readonly [field: string]: FlagValue | undefined;
}

/** Events that travel together; a sealed batch never changes again, so that its id means the same to every receiver. */
interface Batch {
  readonly id: string;
  readonly at: number;
  readonly events: Event[];
  sealed?: boolean;
}

/** What became of a batch: delivered, refused for ever, too large, or to be tried again after a while. */
type Outcome = 'delivered' | 'refused' | 'too-large' | 'unauthorised' | { readonly retryMs: number | undefined };

const MAX_EVENTS = 20;
const SEAL_AFTER_MS = 5_000;
const MAX_AGE_MS = 7 * 86_400_000;
/** A batch of another tab that is this old is not being filled any more. */
const ABANDONED_MS = 60_000;
const MAX_WAITING = 100;
const RETRY_MIN_MS = 5_000;
const RETRY_MAX_MS = 300_000;
/** Browsers refuse a beacon above 64 KiB, counted over all that are under way. */
const BEACON_MAX_BYTES = 60_000;
const PREFIX = 'batch:';

/** The outside world of an outbox. */
export interface OutboxHost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly client: string;
  readonly fetch: typeof fetch;
  readonly vault: Vault;
  readonly page?: Page | undefined;
  now(): number;
  report(message: string, cause?: unknown): void;
  /** Called when the number of events given up has changed. */
  onDropped(): void;
}

/** Keeps events until the edge has acknowledged them. */
export interface Outbox {
  add(event: Event): void;
  /** Tries to deliver everything; settles when the attempt is over. */
  flush(): Promise<void>;
  /** Hands everything to the browser, for a page that may be about to end. */
  beacon(): void;
  /** Takes over what earlier pages left in the storage. */
  adopt(): Promise<void>;
  /** Forgets everything that waits. */
  clear(): Promise<void>;
  stop(): void;
  dropped(): number;
}

export const createOutbox = (host: OutboxHost): Outbox => {
  const waiting = new Map<string, Batch>();
  let open: Batch | undefined;
  let sending: Promise<void> = Promise.resolve();
  let sealing: ReturnType<typeof setTimeout> | undefined;
  let retrying: ReturnType<typeof setTimeout> | undefined;
  let saving = false;
  let failures = 0;
  let dropped = 0;
  let droppedTold = 0;
  let refused = false;

  const newBatch = (events: Event[]): Batch => {
    const batch = { id: uuidv7(host.now()), at: host.now(), events };
    waiting.set(batch.id, batch);
    return batch;
  };
  const save = (batch: Batch): Promise<unknown> =>
    host.vault.use((storage) => storage.set(PREFIX + batch.id, batch));
  const forget = (batch: Batch): Promise<unknown> => {
    waiting.delete(batch.id);
    if (batch === open) open = undefined;
    return host.vault.use((storage) => storage.remove(PREFIX + batch.id));
  };
  const drop = (batch: Batch, why: string): Promise<unknown> => {
    dropped += batch.events.length;
    host.report(`${batch.events.length} events were dropped: ${why}`);
    host.onDropped();
    return forget(batch);
  };
  const seal = (): void => {
    clearTimeout(sealing);
    if (!open) return;
    open.sealed = true;
    void save(open);
    open = undefined;
  };
  const retry = (ms: number): void => {
    retrying = setTimeout(() => {
      retrying = undefined;
      void flush();
    }, ms);
  };
  const toBody = ({ id, events }: Batch): string =>
    JSON.stringify({
      id,
      client: host.client,
      sent_at: host.now(),
      ...(dropped > droppedTold && { dropped: dropped - droppedTold }),
      events,
    });

  const post = async (batch: Batch): Promise<Outcome> => {
    try {
      const { response } = await request(host.fetch, host.url, {
        method: 'POST',
        headers: { 'content-type': 'text/plain;charset=UTF-8', ...host.headers },
        body: toBody(batch),
      });
      const { status, ok } = response;
      if (ok) return 'delivered';
      if (status === 413) return 'too-large';
      if (status === 401 || status === 403) return 'unauthorised';
      if (status >= 400 && status < 500 && status !== 408 && status !== 429) return 'refused';
      return { retryMs: retryAfterMs(response, host.now()) };
    } catch {
      return { retryMs: undefined };
    }
  };

  /** Halves a batch that the edge finds too large; a single event that is too large alone is given up. */
  const split = async (batch: Batch): Promise<void> => {
    const middle = batch.events.length >> 1;
    if (!middle) {
      await drop(batch, 'too large');
      return;
    }
    for (const events of [batch.events.slice(0, middle), batch.events.slice(middle)]) {
      const half = newBatch(events);
      half.sealed = true;
      await save(half);
    }
    await forget(batch);
  };

  const deliver = async (): Promise<void> => {
    for (const batch of waiting.values()) {
      if (refused) return;
      if (batch === open) continue;
      if (host.now() - batch.at > MAX_AGE_MS) {
        await drop(batch, 'older than 7 days');
        continue;
      }
      const droppedNow = dropped;
      const outcome = await post(batch);
      if (outcome === 'delivered') {
        failures = 0;
        droppedTold = droppedNow;
        await forget(batch);
      } else if (outcome === 'refused') await drop(batch, 'refused');
      else if (outcome === 'too-large') await split(batch);
      else if (outcome === 'unauthorised') refused = true;
      else {
        const backOffMs = Math.min(RETRY_MIN_MS * 2 ** failures, RETRY_MAX_MS);
        failures += 1;
        retry(outcome.retryMs ?? backOffMs * (0.5 + Math.random() / 2));
        return;
      }
    }
  };

  const flush = (): Promise<void> => {
    seal();
    // A receiver that asked for a pause gets it.
    if (retrying === undefined)
      sending = sending
        .then(deliver)
        .catch((cause: unknown) => host.report('events could not be sent', cause));
    return sending;
  };

  const read = async (storage: Storage): Promise<void> => {
    for (const key of await storage.keys(PREFIX)) {
      const batch = (await storage.get(key)) as Batch | undefined;
      if (!batch || waiting.has(batch.id)) continue;
      if (batch.sealed || Math.abs(host.now() - batch.at) > ABANDONED_MS)
        waiting.set(batch.id, { ...batch, sealed: true });
    }
  };

  return {
    add(event) {
      open ??= newBatch([]);
      open.events.push(event);
      const [oldest] = waiting.values();
      if (oldest && waiting.size > MAX_WAITING) void drop(oldest, 'too many are waiting');
      if (open?.events.length === MAX_EVENTS) void flush();
      else if (open?.events.length === 1) sealing = setTimeout(() => void flush(), SEAL_AFTER_MS);
      if (saving) return;
      // Events of one moment are written once.
      saving = true;
      queueMicrotask(() => {
        saving = false;
        if (open) void save(open);
      });
    },
    flush,
    beacon() {
      seal();
      if (refused || retrying !== undefined) return;
      for (const batch of waiting.values()) {
        const body = toBody(batch);
        // What a beacon carries is not acknowledged: it stays here, and its id lets the edge see it twice unharmed.
        if (body.length < BEACON_MAX_BYTES) host.page?.sendBeacon(host.url, body);
      }
    },
    async adopt() {
      await host.vault.use(read);
      if (waiting.size && !open) await flush();
    },
    async clear() {
      clearTimeout(sealing);
      open = undefined;
      for (const batch of [...waiting.values()]) await forget(batch);
    },
    stop() {
      clearTimeout(sealing);
      clearTimeout(retrying);
      retrying = undefined;
    },
    dropped: () => dropped,
  };
};
