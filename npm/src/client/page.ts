import { deviceIn, writeDevice } from './device.ts';
import type { Storage } from './options.ts';
import { openStorage } from './storage.ts';

/** What a browser page offers beyond the language; absent on servers. */
export interface Page {
  openStorage(): Promise<Storage>;
  /** What the device cookie holds; nothing where cookies are forbidden. */
  device(): string | undefined;
  setDevice(id: string): void;
  /** What was kept for this tab's session. */
  session(): unknown;
  setSession(value: unknown): void;
  isHidden(): boolean;
  /** Calls `onHide` when the page is hidden or left, and `onShow` when it comes back. */
  watch(onHide: () => void, onShow: () => void): () => void;
  sendBeacon(url: string, body: string): boolean;
}

/** A sandboxed page may use neither cookies nor storage; what would be kept then lives as long as the page. */
const quietly =
  <Input extends readonly unknown[], Result>(action: (...input: Input) => Result) =>
  (...input: Input): Result | undefined => {
    try {
      return action(...input);
    } catch {
      return undefined;
    }
  };

const isHidden = (): boolean => document.visibilityState === 'hidden';

const SESSION = 'pennon';

/** The page this code runs in. */
export const page: Page = {
  openStorage,
  device: quietly(() => deviceIn(document.cookie)),
  setDevice: quietly(writeDevice),
  session: quietly(() => JSON.parse(sessionStorage.getItem(SESSION) ?? 'null')),
  setSession: quietly((value) => sessionStorage.setItem(SESSION, JSON.stringify(value))),
  isHidden,
  watch(onHide, onShow) {
    const watching = new AbortController();
    document.addEventListener(
      'visibilitychange',
      () => (isHidden() ? onHide() : onShow()),
      watching,
    );
    addEventListener('pagehide', onHide, watching);
    return () => watching.abort();
  },
  sendBeacon: (url, body) => navigator.sendBeacon(url, body),
};
