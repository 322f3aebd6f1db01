import type { Storage } from './options.ts';
import { report, type State } from './state.ts';

/**
 * Calls the storage, which then never fails and does nothing before it may: failures are reported, and the answer is
 * `false` then.
 */
export const vault = async <Method extends keyof Storage>(
  state: State,
  method: Method,
  ...input: Parameters<Storage[Method]>
): Promise<Awaited<ReturnType<Storage[Method]>> | false | undefined> => {
  try {
    const storage = state.storage ?? state.page?.storage;
    if (state.isAllowed)
      return await (storage?.[method] as ((...input: unknown[]) => never) | undefined)?.(...input);
  } catch (cause) {
    report(state, 'storage', cause);
    return false;
  }
};
