import type { Link } from './link.ts';
import type { CurrentPlan, PlanSource } from './plan-source.ts';

/** Keeps the newest plan for the next visit. */
export interface PlanCache {
  save(): void;
  /** Puts the stored plan to use, once. */
  load(): Promise<void>;
  remove(): void;
}

export const createCache = ({ keyPath, vault }: Link, plans: PlanSource): PlanCache => {
  const slot = `plan:${keyPath}`;
  let loading: Promise<void> | undefined;
  const load = async (): Promise<void> => {
    const cached = (await vault.get(slot)) as Pick<CurrentPlan, 'bytes' | 'etag'> | undefined;
    if (cached) await plans.take(cached.bytes, 'cache', cached.etag);
  };
  return {
    save() {
      const { bytes, etag } = plans.current() ?? {};
      if (bytes) void vault.set(slot, { bytes, etag });
    },
    load() {
      loading ??= load();
      return loading;
    },
    remove: () => void vault.set(slot, undefined),
  };
};
