import type { FlagValue } from '../types.ts';
import { type Resolution, toDetails } from './resolution.ts';

/**
 * Builds the typed getters over one function that answers about a key; `How` is what a getter takes besides the default.
 *
 * `answer` has counted the exposure when it returns.
 */
export const createReader = <How, Reader>(
  answer: (key: string, how: How) => Resolution,
): Reader => {
  const typed =
    (type: string) =>
    (key: string, fallback: FlagValue, how: How): FlagValue => {
      const { value } = answer(key, how);
      return typeof value === type ? (value ?? fallback) : fallback;
    };
  return {
    getBoolean: typed('boolean'),
    getString: typed('string'),
    getNumber: typed('number'),
    getObject: typed('object'),
    getDetails: (key: string, fallback: FlagValue, how: How) =>
      toDetails(answer(key, how), fallback),
  } as Reader;
};
