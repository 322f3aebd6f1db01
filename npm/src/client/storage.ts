import { openIndexedDb } from './indexed-db.ts';
import { openLocalStorage } from './local-storage.ts';
import type { Storage } from './options.ts';

/** Keeps records for as long as the page lives, where the browser offers nothing better. */
export const openMemory = (): Storage => {
  const records = new Map<string, unknown>();
  return {
    get: async (key) => records.get(key),
    set: async (key, value) => records.set(key, value),
    remove: async (key) => records.delete(key),
    keys: async (prefix) => [...records.keys()].filter((key) => key.startsWith(prefix)),
  };
};

/** Opens the best storage this page may use. */
export const openStorage = (): Promise<Storage> =>
  openIndexedDb().catch(openLocalStorage).catch(openMemory);

/**
 * Lets code use the storage without ever failing or acting before consent.
 *
 * **Errors** None: what fails is reported, and `use` answers `undefined`, as it does while storing is not allowed.
 */
export interface Vault {
  use<Result>(action: (storage: Storage) => Promise<Result>): Promise<Result | undefined>;
}

export const createVault = (
  open: () => Promise<Storage>,
  isAllowed: () => boolean,
  report: (message: string, cause: unknown) => void,
): Vault => {
  let opened: Promise<Storage> | undefined;
  return {
    async use(action) {
      if (!isAllowed()) return undefined;
      try {
        opened ??= open();
        return await action(await opened);
      } catch (cause) {
        report('the storage failed', cause);
        return undefined;
      }
    },
  };
};
