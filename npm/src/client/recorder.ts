import type { Context, FlagValue } from '../types.ts';
import type { TrackedEvent } from './client.ts';
import type { Link } from './link.ts';
import type { Event, Outbox } from './outbox.ts';
import type { Resolution } from './resolution.ts';
import { uuidv7 } from './uuid.ts';

const MAX_EARLY = 100;
const MAX_SEEN = 10_000;

/** Turns what was seen and done into events, each exposure once a session, and none before it may. */
export interface Recorder {
  expose(key: string, resolution: Resolution, context: Context): void;
  track(name: string, event: TrackedEvent | undefined, context: Context): void;
  /** Hands on what happened so far, and from here on everything. */
  open(): void;
  /** Forgets everything, and hands on nothing: what happens from here on waits, or with `isOut` is not even kept. */
  close(isOut: boolean): void;
}

const unitsOf = ({ units }: Context): Record<string, string> => {
  const ids: Record<string, string> = {};
  for (const [type, id] of Object.entries(units ?? {}))
    if (typeof id === 'string' || typeof id === 'number') ids[type] = `${id}`;
  return ids;
};

export const createRecorder = ({ now, page }: Link, outbox: Outbox): Recorder => {
  const seen = new Set<string>();
  let early: (() => void)[] = [];
  let state: 'waiting' | 'open' | 'out' = 'waiting';

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
      if (!once) return;
      if (seen.size >= MAX_SEEN) seen.clear();
      seen.add(once);
      page?.setSession(JSON.stringify([...seen]));
    };
    if (state === 'open') hand();
    else if (state === 'waiting' && early.length < MAX_EARLY) early.push(hand);
  };

  return {
    expose(flag, resolution, context) {
      resolution.counts = false;
      const { variant, revision, reason, rule } = resolution;
      const mark = `${flag}\n${variant}\n${rule}`;
      record('exposure', context, { flag, variant, revision, reason, rule }, mark);
    },
    track: (name, event, context) => record('track', context, { name, ...event }),
    open() {
      state = 'open';
      for (const mark of JSON.parse(page?.session() ?? '[]')) seen.add(mark);
      for (const hand of early.splice(0)) hand();
      void outbox.adopt();
    },
    close(isOut) {
      state = isOut ? 'out' : 'waiting';
      early = [];
      seen.clear();
      page?.setSession('[]');
      outbox.clear();
    },
  };
};
