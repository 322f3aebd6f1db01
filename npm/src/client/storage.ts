import { openIndexedDb } from './indexed-db.ts';
import type { Logger, Storage } from './options.ts';

/** Keeps records for as long as the page lives, where there is nothing better. */
export const openMemory = (): Storage => {
  const records = new Map<string, unknown>();
  return {
    get: async (key) => records.get(key),
    set: async (key, value) =>
      value === undefined ? records.delete(key) : records.set(key, value),
    keys: async (prefix) => [...records.keys()].filter((key) => key.startsWith(prefix)),
  };
};

/** Opens the best storage this page may use. */
export const openStorage = (): Promise<Storage> =>
  openIndexedDb()
    .catch(async () => (await import('./local-storage.ts')).openLocalStorage())
    .catch(openMemory);

/** A storage that never fails and does nothing before it may: failures are reported, and answers are `undefined` then. */
export interface Vault {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<unknown>;
  keys(prefix: string): Promise<readonly string[] | undefined>;
}

export const createVault = (
  open: () => Promise<Storage>,
  isAllowed: () => boolean,
  report: Logger,
): Vault => {
  let opened: Promise<Storage> | undefined;
  const guard =
    <Input extends readonly unknown[], Result>(
      action: (storage: Storage, ...input: Input) => Promise<Result>,
    ) =>
    async (...input: Input): Promise<Result | undefined> => {
      if (!isAllowed()) return undefined;
      try {
        opened ??= open();
        return await action(await opened, ...input);
      } catch (cause) {
        report('the storage failed', cause);
        return undefined;
      }
    };
  return {
    get: guard((storage, key: string) => storage.get(key)),
    set: guard((storage, key: string, value: unknown) => storage.set(key, value)),
    keys: guard((storage, prefix: string) => storage.keys(prefix)),
  };
};
