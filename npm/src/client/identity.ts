import type { Context } from '../types.ts';
import { OPTED_OUT } from './device.ts';
import type { Page } from './page.ts';
import { uuidv7 } from './uuid.ts';

/** Who the page is for: the application's context, and the device id that this package creates once. */
export interface Identity {
  context(): Context;
  set(context: Context): void;
  /** Takes the device id of the cookie, or puts this page's into it. Before consent the id lives in memory only. */
  persist(): void;
  /** Whether this person opted out, on this page or an earlier one. */
  isOut(): boolean;
}

export const createIdentity = (
  page: Page | undefined,
  initial: Context | undefined,
  nowMs: number,
): Identity => {
  let given: Context = {};
  // A server that invented a device would draw another variant than the browser.
  let device = page && uuidv7(nowMs);
  let isOut = false;
  const set = (context: Context | undefined): void => {
    try {
      given = { ...context, units: { ...context?.units } };
    } catch {
      // A context whose getters throw says nothing.
      given = {};
    }
  };
  set(initial);
  return {
    set,
    context: () => ({ ...given, units: { ...(device && { device }), ...given.units } }),
    persist() {
      const known = page?.device();
      isOut = known === OPTED_OUT;
      if (isOut) return;
      device = known ?? device;
      if (device) page?.setDevice(device);
    },
    isOut: () => isOut,
  };
};
