import type { Context } from '../types.ts';
import type { TrackedEvent } from './client.ts';
import type { Link } from './link.ts';
import type { Outbox } from './outbox.ts';
import type { Resolution } from './resolution.ts';

const MAX_SEEN = 10_000;

/** Turns what was seen and done into events, each exposure once a session. */
export interface Recorder {
  /** Whether the person wants to be counted no more. */
  isOut: boolean;
  expose(key: string, answer: Resolution, context: Context): void;
  track(name: string, event: TrackedEvent | undefined, context: Context): void;
  /** Takes over what this session has counted on earlier pages, and begins to store it. */
  open(): void;
  /** Forgets what was counted, and what waits to be sent. */
  shut(): void;
}

const unitsOf = ({ units }: Context): Record<string, string> => {
  const ids: Record<string, string> = {};
  for (const [type, id] of Object.entries(units ?? {}))
    if (typeof id === 'string' || typeof id === 'number') ids[type] = `${id}`;
  return ids;
};

export const createRecorder = ({ page }: Link, outbox: Outbox): Recorder => {
  let seen = new Set<unknown>();
  let isOpen = false;

  const save = (): void => {
    if (isOpen) page?.setSession([...seen]);
  };

  const recorder: Recorder = {
    isOut: false,
    expose(flag, answer, context) {
      answer.exposure = false;
      const { variant, revision, reason, rule } = answer;
      const units = unitsOf(context);
      const mark = JSON.stringify([units, flag, variant, rule]);
      if (recorder.isOut || seen.has(mark)) return;
      outbox.add({ type: 'exposure', units, flag, variant, revision, reason, rule });
      if (seen.size >= MAX_SEEN) seen.clear();
      seen.add(mark);
      save();
    },
    track(name, event, context) {
      if (!recorder.isOut) outbox.add({ type: 'track', units: unitsOf(context), name, ...event });
    },
    open() {
      isOpen = true;
      const earlier = page?.session();
      if (Array.isArray(earlier)) seen = new Set([...earlier, ...seen]);
      save();
      void outbox.open();
    },
    shut() {
      seen.clear();
      save();
      isOpen = false;
      outbox.shut();
    },
  };
  return recorder;
};
