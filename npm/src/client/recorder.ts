import type { Context, FlagValue } from '../types.ts';
import type { TrackedEvent } from './client.ts';
import type { Link } from './link.ts';
import type { Event, Outbox } from './outbox.ts';
import type { Resolution } from './resolution.ts';
import { uuidv7 } from './uuid.ts';

const MAX_SEEN = 10_000;

/** Turns what was seen and done into events, each exposure once a session. */
export interface Recorder {
  expose(key: string, resolution: Resolution, context: Context): void;
  track(name: string, event: TrackedEvent | undefined, context: Context): void;
  /** Takes over what this session has counted on earlier pages, and begins to store it. */
  open(): void;
  /** Forgets what was counted, and counts nothing more when the person is out. */
  shut(isOut: boolean): void;
}

const unitsOf = ({ units }: Context): Record<string, string> => {
  const ids: Record<string, string> = {};
  for (const [type, id] of Object.entries(units ?? {}))
    if (typeof id === 'string' || typeof id === 'number') ids[type] = `${id}`;
  return ids;
};

export const createRecorder = ({ now, page }: Link, outbox: Outbox): Recorder => {
  let seen = new Set<string>();
  let isOpen = false;
  let isOut = false;

  const save = (): void => {
    if (isOpen) page?.setSession([...seen]);
  };
  const record = (
    type: Event['type'],
    context: Context,
    fields: Readonly<Record<string, FlagValue | undefined>>,
    mark?: string,
  ): void => {
    const units = unitsOf(context);
    const once = mark && JSON.stringify(units) + mark;
    if (isOut || (once && seen.has(once))) return;
    outbox.add({ id: uuidv7(now()), type, at: now(), units, ...fields });
    if (!once) return;
    if (seen.size >= MAX_SEEN) seen.clear();
    seen.add(once);
    save();
  };

  return {
    expose(flag, resolution, context) {
      resolution.exposure = false;
      const { variant, revision, reason, rule } = resolution;
      const mark = `${flag}\n${variant}\n${rule}`;
      record('exposure', context, { flag, variant, revision, reason, rule }, mark);
    },
    track: (name, event, context) => record('track', context, { name, ...event }),
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
