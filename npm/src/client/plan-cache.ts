import type { Context } from '../types.ts';
import type { Link } from './link.ts';
import type { Resolution } from './resolution.ts';
import type { Store } from './store.ts';

/** What is kept across reloads: the plan as it came, and the last answers for the units they were made for. */
interface CachedPlan {
  readonly bytes: Uint8Array;
  readonly etag: string | null;
  readonly units: string;
  readonly known: Readonly<Record<string, Resolution>>;
}

/** Keeps the newest plan for the next visit. */
export interface PlanCache {
  save(): void;
  /** Puts the stored plan to use, once. */
  load(): Promise<void>;
  remove(): Promise<unknown>;
}

export const createCache = (
  { vault, plans }: Link,
  store: Store,
  context: () => Context,
  slot: string,
): PlanCache => {
  const units = (): string => JSON.stringify(context().units ?? {});
  const read = async (): Promise<void> => {
    const cached = (await vault.use((storage) => storage.get(slot))) as CachedPlan | undefined;
    if (!cached) return;
    if (cached.units === units()) store.setKnown(cached.known);
    await plans.take(cached.bytes, 'cache', cached.etag ?? undefined);
  };
  let reading: Promise<void> | undefined;
  return {
    save() {
      const plan = plans.current();
      if (!plan) return;
      const record: CachedPlan = {
        bytes: plan.bytes,
        etag: plan.etag,
        units: units(),
        known: store.known(),
      };
      void vault.use((storage) => storage.set(slot, record));
    },
    load() {
      reading ??= read();
      return reading;
    },
    remove: () => vault.use((storage) => storage.remove(slot)),
  };
};
