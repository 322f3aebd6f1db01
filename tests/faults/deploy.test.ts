// What the deploy button deploys, on workerd: one script that is both Workers.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'deploy');
const MODULES = ['index.js', 'edge/index.js', 'control/index.js'];
const WASM = ['edge/index_bg.wasm', 'control/index_bg.wasm'];

let persist: string;
let miniflare: Miniflare;
let origin: string;
let log = '';

beforeAll(async () => {
  execFileSync(process.execPath, ['build.mjs'], { cwd: FOLDER, stdio: 'ignore' });
  persist = await mkdtemp(join(tmpdir(), 'pennon-deploy-'));
  const { modulesRules: _, ...options } = unstable_getMiniflareWorkerOptions(
    join(FOLDER, 'wrangler.jsonc'),
  ).workerOptions;
  const modules = [
    ...MODULES.map((path) => ({ type: 'ESModule' as const, path: join(FOLDER, path) })),
    ...WASM.map((path) => ({ type: 'CompiledWasm' as const, path: join(FOLDER, path) })),
  ];
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      resourcePersistencePath: persist,
      handleStructuredLogs: ({ message }) => {
        log += `${message}\n`;
      },
      workers: [{ ...options, name: 'pennon', modulesRoot: FOLDER, modules }],
    }),
  );
  origin = (await miniflare.ready).origin;
}, 300_000);

afterAll(async () => {
  await miniflare?.dispose();
  await rm(persist, { recursive: true, force: true });
});

async function ask(method: string, path: string, token = '', body?: unknown) {
  const response = await fetch(origin + path, {
    method,
    headers: token === '' ? {} : { Authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status, `${method} ${path}`).toBeLessThan(300);
  return response.json();
}

it('sets up, publishes, serves and counts', async () => {
  await ask('GET', '/healthz');
  await expect.poll(() => log).toMatch(/\/setup\/[0-9a-z]+/);
  const { token } = await ask('POST', log.match(/\/setup\/[0-9a-z]+/)?.[0] ?? '');
  await ask('POST', '/api/v1/projects', token, { key: 'shop', name: 'The shop' });
  const live = '/api/v1/projects/shop/environments/live';
  await ask('POST', '/api/v1/projects/shop/environments', token, { key: 'live', name: 'Live' });
  await ask('PUT', `${live}/flags/new`, token, {
    type: 'boolean',
    variants: { on: true, off: false },
    enabled: true,
    off: 'off',
    fallthrough: { variant: 'on' },
  });
  const { key } = await ask('POST', `${live}/keys`, token, { kind: 'client' });
  const config = await fetch(`${origin}/v1/config/${key}`);
  expect(config.status).toBe(200);
  expect(Number(config.headers.get('X-Pennon-Revision'))).toBe(2);
});

it('has the bindings of both Workers, and leaves their ids and names to wrangler', async () => {
  const bindings = async (folder: string) => {
    const file = join(ROOT, folder, 'wrangler.jsonc');
    const options = unstable_getMiniflareWorkerOptions(file).workerOptions;
    const places = [
      'kvNamespaces',
      'r2Buckets',
      'durableObjects',
      'queueProducers',
      'queueConsumers',
      'ratelimits',
    ] as const;
    return places.flatMap((place) => Object.keys(options[place] ?? {}).map((n) => `${place}/${n}`));
  };
  const both = [...(await bindings('worker/edge')), ...(await bindings('worker/control'))];
  expect(new Set(await bindings('deploy'))).toEqual(new Set(both));
  expect(await readFile(join(FOLDER, 'wrangler.jsonc'), 'utf8')).not.toMatch(/"(id|bucket_name)"/);
});
