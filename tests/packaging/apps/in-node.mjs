// Uses every entry that a Node program may use, against a fake edge.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createClient, FlagError } from 'pennon';
import { createServerClient } from 'pennon/node';
import { createTestClient } from 'pennon/testing';

console.log(process.version);
const plan = new Uint8Array(readFileSync(new URL('./plan.bin', import.meta.url)));
const keys = JSON.parse(readFileSync(new URL('./keys.json', import.meta.url), 'utf8'));
const batches = [];
const fetch = async (url, { body } = {}) => {
  if (String(url).includes('/v1/keys')) return Response.json(keys);
  if (!String(url).includes('/v1/events')) return new Response(plan);
  batches.push(JSON.parse(body));
  return Response.json({});
};
const context = { units: { user: 'u1' } };
const endpoint = 'https://edge.test';

const client = createClient({
  endpoint,
  key: 'pk_env_packaging_1',
  context,
  bootstrap: { plan },
  fetch,
});
assert.equal(client.getString('greeting', '', { quiet: true }), 'hello');
await client.close();

const server = createServerClient({ endpoint, key: 'sk_env_packaging_1', fetch });
await server.ready();
assert.equal(server.getString('experiment', '', context), 'A');
assert.equal(server.getDetails('experiment', '', {}).errorCode, 'TARGETING_KEY_MISSING');
const explanation = await server.explain('experiment', context);
assert.ok(explanation.sentences.length > 0);
await server.close();
assert.equal(batches.length, 1);

assert.equal(createTestClient({ flags: { on: true } }).getBoolean('on', false), true);
assert.throws(
  () => createClient({}),
  (error) => error instanceof FlagError,
);
console.log('all is well');
