// Declares flags as an application does, and uses every entry.
import { type ClientOptions, createClient, FlagError } from 'pennon';
import { createEvaluator } from 'pennon/eval';
import { createClient as createInline } from 'pennon/inline';
import { createServerClient } from 'pennon/node';
import { createTestClient } from 'pennon/testing';

declare module 'pennon' {
  interface Flags {
    greeting: string;
    'new-checkout': boolean;
  }
}

const options: ClientOptions = { endpoint: 'https://edge.test', key: 'pk_env_1' };
const client = createClient(options);
const greeting: string = client.getString('greeting', 'hi');
const isNew: boolean = createInline(options).getBoolean('new-checkout', false);
// @ts-expect-error The key is not declared.
client.getBoolean('nwe-checkout', false);
// @ts-expect-error The flag holds another type.
client.getBoolean('greeting', false);
const server = createServerClient({ endpoint: 'https://edge.test', key: 'sk_env_1' });
const onServer: boolean = server.getBoolean('new-checkout', false, { units: { user: 'u1' } });
const test = createTestClient({ flags: { greeting: 'hello' } });
const evaluator = createEvaluator({ plan: new Uint8Array() });
export const all = [greeting, isNew, onServer, test, evaluator, FlagError];
