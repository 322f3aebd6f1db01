import type { Client, Connected, TrackedEvent } from '../client/client.ts';
import { connect } from '../client/connect.ts';
import { FlagError } from '../errors.ts';
import type { Context, Flags, FlagValue } from '../types.ts';

/** The values of the flags under test: of the declared types where the application declares its flags. */
export type TestFlags = keyof Flags extends never
  ? Readonly<Record<string, FlagValue>>
  : { readonly [Key in keyof Flags]?: Flags[Key] };

/** What `createTestClient` takes. */
export interface TestClientOptions {
  readonly flags?: TestFlags;
  readonly context?: Context;
}

/** Something the application tracked during a test. */
export interface Tracked extends TrackedEvent {
  readonly name: string;
}

/** A client for an application's own tests: it answers what it was told, and talks to nobody. */
export interface TestClient extends Client {
  /** Changes flags as a publish would; `undefined` makes a flag unknown. */
  setFlags(flags: TestFlags): void;
  /** What was tracked so far. */
  readonly tracked: readonly Tracked[];
}

/**
 * Makes a client that answers the given values at once; an unknown flag answers the caller's default.
 *
 * **Example**
 * ```tsx
 * const client = createTestClient({ flags: { 'new-checkout': true } });
 * render(<FlagProvider client={client}><Shop /></FlagProvider>);
 * ```
 */
export const createTestClient = ({ flags = {}, context }: TestClientOptions = {}): TestClient => {
  const tracked: Tracked[] = [];
  const client = connect(
    {
      load: () => Promise.reject(new FlagError('PROVIDER_NOT_READY')),
      loadRare: () => Promise.reject(new FlagError('PROVIDER_NOT_READY')),
    },
    {
      endpoint: 'http://test.invalid',
      key: 'pk_test_0',
      bootstrap: { values: {} },
      overrides: flags as Readonly<Record<string, FlagValue>>,
      consent: false,
      fetch: () => Promise.reject(new TypeError('a test client has no network')),
      logger: () => {},
      ...(context && { context }),
    },
  ) as Connected;
  return Object.assign(client, {
    start: () => {},
    refresh: () => Promise.resolve(),
    track: (name: string, event?: TrackedEvent) => void tracked.push({ name, ...event }),
    setFlags: (next: TestFlags) => {
      for (const [key, value] of Object.entries(next as Record<string, FlagValue | undefined>))
        client.override(key, value);
    },
    tracked,
  });
};
