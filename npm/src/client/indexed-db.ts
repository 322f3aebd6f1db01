import type { Storage } from './options.ts';

/** Some browsers leave a blocked open request unanswered for ever. */
const OPEN_TIMEOUT_MS = 1_000;

const STORE = 'records';

const open = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('pennon', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
    setTimeout(() => reject(new Error('timeout')), OPEN_TIMEOUT_MS);
  });

/** Opens the page's IndexedDB; rejects where it is missing or blocked. */
export const openIndexedDb = async (): Promise<Storage> => {
  const database = await open();
  // A write is done when its transaction is: a full disk shows only there.
  const run = <Result>(
    mode: IDBTransactionMode,
    action: (store: IDBObjectStore) => IDBRequest<Result>,
  ): Promise<Result> =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = action(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  return {
    get: (key) => run('readonly', (store) => store.get(key)),
    set: (key, value) => run('readwrite', (store) => store.put(value, key)),
    remove: (key) => run('readwrite', (store) => store.delete(key)),
    keys: (prefix) =>
      run('readonly', (store) =>
        store.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)),
      ) as Promise<string[]>,
  };
};
