import { createClient } from 'pennon';
import * as React from 'react';
import type { Client, Connected, ReadOptions, Status } from '../client/client.ts';
import type { ClientOptions } from '../client/options.ts';
import { watch } from '../client/read.ts';
import { type Resolution, toDetails, valueFor } from '../client/resolution.ts';
import { cellOf, initialOf } from '../client/table.ts';
import { FlagError } from '../errors.ts';
import type { Details, FlagKey, FlagValue, ValueOf } from '../types.ts';

/** What the hooks read from: the client, and whether they wait for the first plan. */
interface Provided {
  readonly client: Connected;
  readonly suspends: boolean;
}

/** Hands the client to the hooks. */
const ProvidedContext = React.createContext<Provided | undefined>(undefined);

/**
 * What the provider takes: a client of the application's own, or options from which it makes one that lives as long as
 * the provider does.
 *
 * **Shape** With `suspense`, hooks wait for the first plan and `suspense` is shown meanwhile; without it they answer
 * with defaults until then. A bootstrap makes either unnecessary.
 */
export interface FlagProviderProps {
  readonly client?: Client;
  readonly options?: ClientOptions;
  readonly suspense?: React.ReactNode;
  readonly children?: React.ReactNode;
}

/** Gives the flags of one person to the components below it. */
export const FlagProvider = (props: FlagProviderProps): React.ReactElement => {
  const { client: given, options, suspense, children } = props;
  const [own] = React.useState(
    // It starts in an effect, because a render on a server, or one that React throws away, has no end to stop it.
    () => (given ? undefined : createClient({ ...(options as ClientOptions), autoStart: false })),
  );
  React.useEffect(() => {
    if (!own) return;
    own.start();
    return () => void own.close();
  }, [own]);
  const client = (given ?? own) as Connected;
  const suspends = suspense !== undefined;
  return React.createElement(
    ProvidedContext.Provider,
    { value: React.useMemo(() => ({ client, suspends }), [client, suspends]) },
    suspends ? React.createElement(React.Suspense, { fallback: suspense }, children) : children,
  );
};

/** Finds what the nearest provider hands out; a component outside of one is a set-up error. */
const useProvided = (): Provided => {
  const provided = React.useContext(ProvidedContext);
  if (!provided) throw new FlagError('INVALID_OPTIONS', 'no FlagProvider');
  return provided;
};

/** Gives the client of the nearest `FlagProvider`. */
export const useClient = (): Client => useProvided().client;

/** What a server and a hydrating page show, since a server's standing is not the page's. */
const before: Status = {
  source: 'none',
  stale: false,
  failing: false,
  live: false,
  dropped: 0,
};

/** Gives the client's standing, and renders again when it changes. */
export const useStatus = (): Status => {
  const { client } = useProvided();
  return React.useSyncExternalStore(client.subscribe, client.status, () => before);
};

/** Reads one flag's answer, counts it as seen while mounted, and renders again only when `select` gives another value. */
const useAnswer = <Selected>(
  key: string,
  options: ReadOptions | undefined,
  select: (answer: Resolution) => Selected,
): Selected => {
  const { client, suspends } = useProvided();
  const { hold, live, quiet } = options ?? {};
  const { state } = client;
  if (suspends && !state.isReady) throw client.ready();
  // React reads the snapshot at every render and every change: the look-up is done once a render, and one comparison
  // tells that what was selected still holds.
  const cell = cellOf(state, key, options);
  let known: Resolution | undefined;
  let selected: Selected;
  return React.useSyncExternalStore(
    React.useCallback(
      (listener) => watch(state, key, listener, { hold, live, quiet }),
      [state, key, hold, live, quiet],
    ),
    () => {
      const answer = live ? cell.live : cell.shown;
      if (answer !== known) {
        known = answer;
        selected = select(answer);
      }
      return selected;
    },
    () => select(initialOf(state, key, suspends)),
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
