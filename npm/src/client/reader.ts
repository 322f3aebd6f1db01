import type { FlagValue } from '../types.ts';
import type { Reader, ReadOptions } from './client.ts';
import { type Resolution, toDetails } from './resolution.ts';

/**
 * Builds the typed getters over one function that answers about a key.
 *
 * `answer` has counted the exposure when it returns.
 */
export const createReader = (
  answer: (key: string, options?: ReadOptions) => Resolution,
): Reader => {
  const typed =
    (type: string) =>
    <Value extends FlagValue>(key: string, fallback: Value, options?: ReadOptions): Value => {
      const { value } = answer(key, options);
      return typeof value === type ? ((value ?? fallback) as Value) : fallback;
    };
  return {
    getBoolean: typed('boolean'),
    getString: typed('string'),
    getNumber: typed('number'),
    getObject: typed('object'),
    getDetails: (key: string, fallback: FlagValue, options?: ReadOptions) =>
      toDetails(answer(key, options), fallback),
  } as Reader;
};
