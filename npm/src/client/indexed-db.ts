import type { Storage } from './options.ts';

/** Some browsers leave a blocked open request unanswered for ever. */
const OPEN_TIMEOUT_MS = 1_000;

const STORE = 'records';

const open = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('pennon', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
    setTimeout(reject, OPEN_TIMEOUT_MS);
  });

/** Opens the page's IndexedDB; rejects where it is missing or blocked. */
export const openIndexedDb = async (): Promise<Storage> => {
  const database = await open();
  // A write is done when its transaction is: a full disk shows only there.
  const run = <Method extends 'get' | 'put' | 'delete' | 'getAllKeys'>(
    method: Method,
    ...input: Parameters<IDBObjectStore[Method]>
  ): Promise<never> =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, 'readwrite');
      const store = transaction.objectStore(STORE) as never as Record<
        Method,
        (...input: unknown[]) => IDBRequest<never>
      >;
      const request = store[method](...input);
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  return {
    get: (key) => run('get', key),
    set: (key, value) => (value === undefined ? run('delete', key) : run('put', value, key)),
    keys: (prefix) => run('getAllKeys', IDBKeyRange.bound(prefix, `${prefix}\uffff`)),
  };
};
