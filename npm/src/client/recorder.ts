import type { Context } from '../types.ts';
import type { TrackedEvent } from './client.ts';
import type { Link } from './link.ts';
import type { Outbox } from './outbox.ts';
import type { Resolution } from './resolution.ts';

const MAX_SEEN = 10_000;

/** Turns what was seen and done into events, each exposure once a session. */
export interface Recorder {
  expose(key: string, answer: Resolution, context: Context): void;
  track(name: string, event: TrackedEvent | undefined, context: Context): void;
  /** Takes over what this session has counted on earlier pages, and begins to store it. */
  open(): void;
  /** Forgets what was counted, and counts nothing more when the person is out. */
  shut(isOut?: boolean): void;
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
  let isOut: boolean | undefined;

  const save = (): void => {
    if (isOpen) page?.setSession([...seen]);
  };

  return {
    expose(flag, answer, context) {
      answer.exposure = false;
      const { variant, revision, reason, rule } = answer;
      const units = unitsOf(context);
      const mark = JSON.stringify([units, flag, variant, rule]);
      if (isOut || seen.has(mark)) return;
      outbox.add({ type: 'exposure', units, flag, variant, revision, reason, rule });
      if (seen.size >= MAX_SEEN) seen.clear();
      seen.add(mark);
      save();
    },
    track(name, event, context) {
      if (!isOut) outbox.add({ type: 'track', units: unitsOf(context), name, ...event });
    },
    open() {
      isOpen = true;
      isOut = false;
      const earlier = page?.session();
      if (Array.isArray(earlier)) seen = new Set([...earlier, ...seen]);
      save();
      void outbox.open();
    },
    shut(out) {
      isOut = out;
      seen.clear();
      save();
      isOpen = false;
      outbox.shut();
    },
  };
};
