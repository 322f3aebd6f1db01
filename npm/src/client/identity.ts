import type { Context } from '../types.ts';
import type { Page } from './page.ts';
import { uuidv7 } from './uuid.ts';

/** Who the page is for: the application's context, and the device id that this package creates once. */
export interface Identity {
  context(): Context;
  set(context: Context): void;
  /** Takes the device id of the cookie, or puts this page's into it; before consent it lives in memory only. */
  persist(): void;
  forget(): void;
}

export const createIdentity = (
  page: Page | undefined,
  initial: Context | undefined,
  nowMs: number,
): Identity => {
  let given: Context = {};
  // A server that invented a device would draw another variant than the browser.
  let device = page && uuidv7(nowMs);
  const set = (context: Context | undefined): void => {
    given = context ?? {};
  };
  const useCookie = (action: (page: Page) => void): void => {
    try {
      if (page) action(page);
    } catch {
      // A sandboxed page may not use cookies: the id then lives as long as the page.
    }
  };
  set(initial);
  return {
    set,
    context: () => (device ? { ...given, units: { device, ...given.units } } : given),
    persist: () =>
      useCookie((cookies) => {
        device = cookies.readDevice() ?? device;
        cookies.writeDevice(device);
      }),
    forget: () => useCookie((cookies) => cookies.writeDevice(undefined)),
  };
};
