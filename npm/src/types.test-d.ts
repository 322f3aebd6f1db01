import { describe, expectTypeOf, it } from 'vitest';
import type { Client } from './client/client.ts';
import { useFlag, useFlagDetails } from './react/index.ts';
import type { Details } from './types.ts';

// What an application's editor says once its flags are declared.

declare module './types.ts' {
  interface Flags {
    'new-checkout': boolean;
    copy: 'short' | 'long';
    limit: number;
    theme: { readonly colour: string };
  }
}

declare const client: Client;
declare const key: 'copy' | 'limit';
declare const defaults: { copy: 'short' | 'long'; limit: number };

describe('declared flags', () => {
  it('have their types', () => {
    expectTypeOf(client.getBoolean('new-checkout', false)).toEqualTypeOf<boolean>();
    expectTypeOf(client.getString('copy', 'short')).toEqualTypeOf<'short' | 'long'>();
    expectTypeOf(client.getNumber('limit', 5)).toEqualTypeOf<number>();
    expectTypeOf(client.getObject('theme', { colour: 'red' })).toEqualTypeOf<{
      readonly colour: string;
    }>();
    expectTypeOf(useFlag('new-checkout', false)).toEqualTypeOf<boolean>();
    expectTypeOf(useFlag('copy', 'short')).toEqualTypeOf<'short' | 'long'>();
    expectTypeOf(useFlag('limit', 5)).toEqualTypeOf<number>();
    expectTypeOf(useFlagDetails('copy', 'short')).toEqualTypeOf<Details<'short' | 'long'>>();
    expectTypeOf(useFlagDetails(key, defaults[key]).value).toEqualTypeOf<
      'short' | 'long' | number
    >();
  });

  it('are the only keys, and have no other defaults', () => {
    // @ts-expect-error A key that was not declared.
    client.getBoolean('new-chekout', false);
    // @ts-expect-error A flag of another type.
    client.getBoolean('copy', false);
    // @ts-expect-error A value that the flag never has.
    client.getString('copy', 'medium');
    // @ts-expect-error A key that was not declared.
    useFlag('nowhere', false);
    // @ts-expect-error A default of another type.
    useFlag('limit', 'five');
  });
});
