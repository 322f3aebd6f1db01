import * as React from 'react';
import type { Client, Status } from '../client/client.ts';
import { FlagError } from '../errors.ts';
import { type Provided, ProvidedContext } from './flag-provider.ts';

/** Finds what the nearest provider hands out; a component outside of one is a set-up error. */
export const useProvided = (): Provided => {
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
