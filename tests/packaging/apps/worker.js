// A Worker that renders for a page and decides for itself.

import { createClient } from 'pennon';
import { createServerClient } from 'pennon/node';
import keys from './keys.json';
import plan from './plan.bin';

let counted = 0;
const fetch = async (url, { body } = {}) => {
  if (String(url).includes('/v1/keys')) return Response.json(keys);
  if (!String(url).includes('/v1/events')) return new Response(plan);
  counted += JSON.parse(body).events.length;
  return Response.json({});
};
const endpoint = 'https://edge.test';
const context = { units: { user: 'u1' } };
const server = createServerClient({ endpoint, key: 'sk_env_packaging_1', fetch });

// biome-ignore lint/style/noDefaultExport: A Worker is the default export of its module.
export default {
  async fetch() {
    const bootstrap = { plan: new Uint8Array(plan) };
    const options = { endpoint, key: 'pk_env_packaging_1', context, bootstrap, autoStart: false };
    const page = createClient(options).getString('greeting', 'default');
    await server.ready();
    const decided = server.getString('experiment', 'default', context);
    await server.flush();
    return Response.json({ page, server: decided, counted });
  },
};
