// The server's half: decides, renders as a stream, and hands its decisions to the page.

import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { createServerClient } from 'pennon/node';
import * as pennon from 'pennon/react';
import { renderToPipeableStream } from 'react-dom/server';
import { createPage } from './component.js';

const plan = new Uint8Array(readFileSync(new URL('./plan.bin', import.meta.url)));
const keys = JSON.parse(readFileSync(new URL('./keys.json', import.meta.url), 'utf8'));
const server = createServerClient({
  endpoint: 'https://edge.test',
  key: 'sk_env_packaging_1',
  fetch: async (url) =>
    String(url).includes('/v1/keys') ? Response.json(keys) : new Response(plan),
});
await server.ready();
const context = { units: { user: 'u1' } };
const bootstrap = server.bootstrap(context, ['experiment']);
const options = { endpoint: 'https://edge.test', key: 'pk_env_packaging_1', context, bootstrap };

let html = '';
const out = new Writable({
  write(chunk, _, done) {
    html += chunk;
    done();
  },
});
const { pipe } = renderToPipeableStream(createPage(pennon)({ options }), {
  onAllReady: () => pipe(out),
});
out.on('finish', async () => {
  process.stdout.write(
    `<!doctype html><body><main>${html}</main><script>globalThis.bootstrap=${JSON.stringify(bootstrap)}</script></body>`,
  );
  await server.close();
});
