import * as React from 'react';
import type { ReadOptions } from '../client/client.ts';
import { type Resolution, toDetails, valueFor } from '../client/resolution.ts';
import type { Details, FlagKey, FlagValue, ValueOf } from '../types.ts';
import { useProvided } from './use-client.ts';

/** Reads one flag's answer, counts it as seen while mounted, and renders again only when `select` gives another value. */
const useAnswer = <Selected>(
  key: string,
  options: ReadOptions | undefined,
  select: (answer: Resolution) => Selected,
): Selected => {
  const { client, suspends } = useProvided();
  const { hold, live, quiet } = options ?? {};
  if (suspends && !client.isReady()) throw client.ready();
  // React reads the snapshot at every render and every change: the look-up is done once a render, and one comparison
  // tells that what was selected still holds.
  const cell = client.cell(key, options);
  let known: Resolution | undefined;
  let selected: Selected;
  return React.useSyncExternalStore(
    React.useCallback(
      (listener) => client.watch(key, listener, { hold, live, quiet }),
      [client, key, hold, live, quiet],
    ),
    () => {
      const answer = live ? cell.live : cell.shown;
      if (answer !== known) {
        known = answer;
        selected = select(answer);
      }
      return selected;
    },
    () => select(client.initial(key, suspends)),
  );
};

const identity = (answer: Resolution): Resolution => answer;

/**
 * Gives a flag's value, or the default while there is none; the component renders again when it changes.
 *
 * **Example**
 * ```tsx
 * const isNew = useFlag('new-checkout', false);
 * ```
 */
export const useFlag = <Key extends FlagKey, Value extends FlagValue>(
  key: Key,
  fallback: Value & ValueOf<Key, Value>,
  options?: ReadOptions,
): ValueOf<Key, Widen<Value>> =>
  useAnswer(key, options, (answer) => valueFor(answer, fallback)) as never;

/** Gives the name of the variant that was decided, or `undefined` where the default holds. */
export const useVariant = (key: FlagKey, options?: ReadOptions): string | undefined =>
  useAnswer(key, options, (answer) => answer.variant);

/** Gives the value with the story of how it was decided. */
export const useFlagDetails = <Key extends FlagKey, Value extends FlagValue>(
  key: Key,
  fallback: Value & ValueOf<Key, Value>,
  options?: ReadOptions,
): Details<ValueOf<Key, Widen<Value>>> => {
  const answer = useAnswer(key, options, identity);
  return React.useMemo(() => toDetails(answer, fallback), [answer, fallback]) as never;
};

/** The type of a literal default, as a flag may hold another value of it. */
type Widen<Value> = Value extends boolean
  ? boolean
  : Value extends number
    ? number
    : Value extends string
      ? string
      : Value;
