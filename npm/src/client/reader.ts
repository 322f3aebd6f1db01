import type { FlagValue } from '../types.ts';
import { type Resolution, toDetails, valueFor } from './resolution.ts';

/**
 * Builds the getters over one function that answers about a key; `How` is what a getter takes besides the default, whose type is the
 * type that is asked for.
 *
 * `answer` has counted the exposure when it returns.
 */
export const createReader = <How, Reader>(
  answer: (key: string, how: How) => Resolution,
): Reader => {
  const get = (key: string, fallback: FlagValue, how: How): FlagValue =>
    valueFor(answer(key, how), fallback);
  return {
    getBoolean: get,
    getString: get,
    getNumber: get,
    getObject: get,
    getDetails: (key: string, fallback: FlagValue, how: How) =>
      toDetails(answer(key, how), fallback),
  } as Reader;
};
