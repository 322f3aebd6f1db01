import { deviceIn, writeDevice } from './device.ts';
import type { Storage } from './options.ts';
import { openStorage } from './storage.ts';

/** What a browser page offers beyond the language; absent on servers. */
export interface Page {
  openStorage(): Promise<Storage>;
  readDevice(): string | undefined;
  writeDevice(id: string | undefined): void;
  isHidden(): boolean;
  /** Calls `onHide` when the page is hidden or left, and `onShow` when it comes back. */
  watch(onHide: () => void, onShow: () => void): () => void;
  sendBeacon(url: string, body: string): boolean;
}

const isHidden = (): boolean => document.visibilityState === 'hidden';

/** The page this code runs in. */
export const page: Page = {
  openStorage,
  readDevice: () => deviceIn(document.cookie),
  writeDevice,
  isHidden,
  watch(onHide, onShow) {
    const onChange = (): void => (isHidden() ? onHide() : onShow());
    document.addEventListener('visibilitychange', onChange);
    addEventListener('pagehide', onHide);
    return () => {
      document.removeEventListener('visibilitychange', onChange);
      removeEventListener('pagehide', onHide);
    };
  },
  sendBeacon: (url, body) => navigator.sendBeacon(url, body),
};
