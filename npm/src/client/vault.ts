import type { Storage } from './options.ts';
import { report, type State } from './state.ts';

/** Calls the storage, once it may: what fails is reported, and the answer is `false` then. */
export const vault = async (
  state: State,
  method: keyof Storage,
  key: string,
  value?: unknown,
  isAllowed: boolean = state.isAllowed,
): Promise<unknown> => {
  try {
    if (isAllowed) return await state.storage?.[method](key, value);
  } catch (cause) {
    report(state, 'storage', cause);
    return false;
  }
};
