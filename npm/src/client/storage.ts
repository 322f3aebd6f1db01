import { openIndexedDb } from './indexed-db.ts';
import type { Logger, Storage } from './options.ts';

/** Opens the best storage this page may use; rejects where there is none. */
export const openStorage = (): Promise<Storage> =>
  openIndexedDb().catch(async () => (await import('./local-storage.ts')).openLocalStorage());

/**
 * A storage that never fails and does nothing before it may: failures are reported, and the answer is `undefined` then.
 */
export type Vault = <Method extends keyof Storage>(
  method: Method,
  ...input: Parameters<Storage[Method]>
) => Promise<Awaited<ReturnType<Storage[Method]>> | undefined>;

/** Opens the storage when it is first needed. */
export const createVault = (
  open: () => Promise<Storage | undefined>,
  isAllowed: () => boolean,
  report: Logger,
): Vault => {
  let opened: Promise<Storage | undefined> | undefined;
  return async (method, ...input) => {
    if (!isAllowed()) return;
    try {
      opened ??= open();
      const storage = await opened;
      return await (storage?.[method] as ((...input: unknown[]) => never) | undefined)?.(...input);
    } catch (cause) {
      report('the storage failed', cause);
    }
  };
};
