import type { Context, FlagValue } from '../types.ts';
import type { TrackedEvent } from './client.ts';
import type { Event, Outbox } from './outbox.ts';
import type { Resolution } from './resolution.ts';
import type { Vault } from './storage.ts';
import { uuidv7 } from './uuid.ts';

/** What was seen is forgotten after this pause: a later visit counts again, and the edge keeps the first. */
const SESSION_MS = 30 * 60_000;
const MAX_EARLY = 100;
const MAX_SEEN = 10_000;
const SEEN = 'seen';
const OPTED_OUT = 'opted-out';

interface Seen {
  readonly at: number;
  readonly keys: readonly string[];
}

/** The outside world of a recorder. */
export interface RecorderHost {
  readonly outbox: Outbox;
  readonly vault: Vault;
  now(): number;
}

/** Turns what was seen and done into events, each exposure once, and none before it may. */
export interface Recorder {
  expose(key: string, resolution: Resolution, context: Context): void;
  track(name: string, event: TrackedEvent | undefined, context: Context): void;
  /** Begins to hand events on, as soon as it is known what earlier pages counted. */
  open(): Promise<void>;
  /** Forgets everything and hands nothing on; `remember` keeps it so for later visits. */
  close(remember: boolean): Promise<void>;
  optIn(): Promise<void>;
}

const unitsOf = ({ units = {} }: Context): Record<string, string> => {
  const ids: Record<string, string> = {};
  for (const [type, id] of Object.entries(units))
    if (typeof id === 'string' || typeof id === 'number') ids[type] = String(id);
  return ids;
};

export const createRecorder = ({ outbox, vault, now }: RecorderHost): Recorder => {
  const seen = new Set<string>();
  let early: (() => void)[] = [];
  let state: 'waiting' | 'open' | 'opted-out' = 'waiting';
  let saving = false;

  const markSeen = (mark: string): void => {
    if (seen.size >= MAX_SEEN) seen.clear();
    seen.add(mark);
    if (saving) return;
    saving = true;
    queueMicrotask(() => {
      saving = false;
      void vault.use((storage) => storage.set(SEEN, { at: now(), keys: [...seen] }));
    });
  };
  const record = (
    type: Event['type'],
    context: Context,
    fields: Readonly<Record<string, FlagValue | undefined>>,
    mark?: string,
  ): void => {
    const units = unitsOf(context);
    const event: Event = { id: uuidv7(now()), type, at: now(), units, ...fields };
    const hand = (): void => {
      const once = mark && JSON.stringify(units) + mark;
      if (once && seen.has(once)) return;
      outbox.add(event);
      if (once) markSeen(once);
    };
    if (state === 'open') hand();
    else if (state === 'waiting' && early.length < MAX_EARLY) early.push(hand);
  };

  return {
    expose(flag, resolution, context) {
      if (!resolution.counts) return;
      resolution.counts = false;
      const { variant, revision, reason, rule } = resolution;
      record(
        'exposure',
        context,
        { flag, variant, revision, reason, rule },
        `${flag}\n${variant}\n${rule}`,
      );
    },
    track: (name, event, context) =>
      record('track', context, { name, value: event?.value, properties: event?.properties }),
    async open() {
      if (state === 'open') return;
      const [stored, optedOut] =
        (await vault.use((storage) =>
          Promise.all([storage.get(SEEN) as Promise<Seen | undefined>, storage.get(OPTED_OUT)]),
        )) ?? [];
      if (stored && Math.abs(now() - stored.at) < SESSION_MS)
        for (const mark of stored.keys) seen.add(mark);
      state = optedOut ? 'opted-out' : 'open';
      const waiting = early;
      early = [];
      if (state === 'open') for (const hand of waiting) hand();
      await outbox.adopt();
    },
    async close(remember) {
      state = remember ? 'opted-out' : 'waiting';
      early = [];
      seen.clear();
      await outbox.clear();
      await vault.use((storage) => storage.remove(SEEN));
      if (remember) await vault.use((storage) => storage.set(OPTED_OUT, true));
    },
    async optIn() {
      if (state === 'opted-out') state = 'open';
      await vault.use((storage) => storage.remove(OPTED_OUT));
    },
  };
};
