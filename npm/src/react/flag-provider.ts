import { createClient } from 'pennon';
import * as React from 'react';
import type { Client, Watchable } from '../client/client.ts';
import type { ClientOptions } from '../client/options.ts';

/** What the hooks read from: the client, and whether they wait for the first plan. */
export interface Provided {
  readonly client: Client & Watchable;
  readonly suspends: boolean;
}

/** Hands the client to the hooks. */
export const ProvidedContext: React.Context<Provided | undefined> = React.createContext<
  Provided | undefined
>(undefined);

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
  const client = (given ?? own) as Client & Watchable;
  const suspends = suspense !== undefined;
  return React.createElement(
    ProvidedContext.Provider,
    { value: React.useMemo(() => ({ client, suspends }), [client, suspends]) },
    suspends ? React.createElement(React.Suspense, { fallback: suspense }, children) : children,
  );
};
