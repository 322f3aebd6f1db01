import { deviceIn, writeDevice } from './device.ts';
import type { Storage } from './options.ts';

/** What a browser page offers beyond the language; absent on servers. */
export interface Page {
  readonly storage: Storage;
  /** What the device cookie holds; nothing where cookies are forbidden. */
  device(): string | undefined;
  setDevice(id: string): void;
  /** What was kept for this tab's session. */
  session(): unknown;
  setSession(value: unknown): void;
  isHidden(): boolean;
  /** Hands a body to the browser, which sends it even when the page ends; false when it does not take it. */
  beacon(url: string, body: string): boolean;
  /** Runs `action` unless another page of this origin runs one, and settles when it is over. */
  alone(action: () => Promise<void>): Promise<unknown>;
  /** Calls `listener` when the page is hidden or left, and when it comes back. */
  watch(listener: () => void): () => void;
}

/** The page's localStorage, which is looked up at each call: where it is missing or blocked, the call rejects. */
const storage: Storage = {
  get: async (key) => JSON.parse(`${localStorage.getItem(key)}`),
  set: async (key, value) =>
    value === undefined
      ? localStorage.removeItem(key)
      : localStorage.setItem(key, JSON.stringify(value)),
  keys: async (prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix)),
};

/** A sandboxed page may use neither cookies nor storage; what would be kept then lives as long as the page. */
const quietly =
  <Input extends readonly unknown[], Result>(action: (...input: Input) => Result) =>
  (...input: Input): Result | undefined => {
    try {
      return action(...input);
    } catch {}
  };

/** Browsers tell of it also when a page is left. */
const VISIBILITY = 'visibilitychange';
const SESSION = 'pennon';

/** The page this code runs in. */
export const page: Page = {
  storage,
  device: quietly(() => deviceIn(document.cookie)),
  setDevice: quietly(writeDevice),
  session: quietly(() => JSON.parse(`${sessionStorage.getItem(SESSION)}`)),
  setSession: quietly((value) => sessionStorage.setItem(SESSION, JSON.stringify(value))),
  isHidden: () => document.hidden,
  beacon: (url, body) => !!navigator.sendBeacon?.(url, body),
  // Only secure pages have locks; without them each sends for itself, and the edge knows every event by its id.
  alone: async (action) =>
    navigator.locks
      ?.request(SESSION, { ifAvailable: true }, async (lock) => lock && (await action()))
      .catch(action) ?? action(),
  watch(listener) {
    document.addEventListener(VISIBILITY, listener);
    return () => document.removeEventListener(VISIBILITY, listener);
  },
};
