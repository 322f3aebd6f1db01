// The Workers that are compared, each as workerd runs it: modules, bindings, and one request or several.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { envelopeOf } from '../harness/envelope.mjs';
import { fromHarness, inputs, root, work } from '../harness/place.mjs';

const { flagSet, users } = await fromHarness('lib/logical.mjs');
const growthbook = await fromHarness('peers/growthbook.mjs');
const { build } = createRequire(join(work, 'package.json'))('esbuild');

/** How many flags are decided for each request. */
const FLAGS = 100;
const ENVIRONMENT = 'env_bench';
const JSON_HEADERS = { 'content-type': 'application/json' };

/** The same person for every Worker. */
const { id, ...attributes } = users(8)[3];

/** The harness's Worker that does nothing: what workerd itself costs. */
export async function emptyWorker() {
  return {
    modules: [await bundled('js-floor.mjs')],
    requests: {
      get: { method: 'GET', path: '/' },
      post: { method: 'POST', path: '/', headers: JSON_HEADERS, body: peersBody() },
    },
  };
}

/** The harness's GrowthBook Worker, with its configuration compiled in. */
export async function growthbookWorker() {
  const configuration = growthbook.config(flagSet(FLAGS));
  return {
    modules: [
      await bundled('js-growthbook.mjs', './growthbook.json.txt'),
      { name: 'growthbook.json.txt', kind: 'text', content: configuration },
    ],
    requests: {
      post: { method: 'POST', path: '/', headers: JSON_HEADERS, body: peersBody() },
    },
  };
}

/** Ours, as it is deployed, with its bindings; `records` are what it finds in its stores. */
export async function edgeWorker() {
  const { compileFor } = await import('../harness/compile.mjs');
  const { logicalRuleset } = await import('../harness/logical-ruleset.mjs');
  const { makeKey, sha256 } = await import('../../worker/test/edge-seed.ts');
  const ruleset = logicalRuleset(flagSet(FLAGS));
  const [open, whole] = ['public', 'server'].map((audience) =>
    envelopeOf(compileFor(ruleset, audience), ENVIRONMENT),
  );
  const key = makeKey('pk', ENVIRONMENT);
  const of = (envelope) => ({ snapshot: sha256(envelope), plan: '0'.repeat(64), names: '' });
  const environment = {
    schema: 1,
    environment: ENVIRONMENT,
    project: 'bench/bench',
    revision: 1,
    published_at: Date.now(),
    public: of(open),
    server: of(whole),
    units: ['user'],
    shards: 1,
    pepper: '5a'.repeat(32),
    signing_keys: [],
  };
  const record = {
    schema: 1,
    key: sha256(key).slice(0, 16),
    kind: 'client',
    project: 'bench/bench',
    environment: ENVIRONMENT,
  };
  const folder = join(root, 'worker/edge/build');
  const question = { context: { units: { user: id }, attributes } };
  return {
    modules: [
      { name: 'index.js', kind: 'esModule', content: readFileSync(join(folder, 'index.js')) },
      { name: 'index_bg.wasm', kind: 'wasm', content: readFileSync(join(folder, 'index_bg.wasm')) },
    ],
    isEdge: true,
    records: {
      [`key/${sha256(key)}`]: JSON.stringify(record),
      [`env/${ENVIRONMENT}`]: JSON.stringify(environment),
      [`snap/${environment.public.snapshot}`]: open,
      [`snap/${environment.server.snapshot}`]: whole,
    },
    requests: {
      refused: { method: 'GET', path: '/v1/config', status: 401 },
      evaluate: {
        method: 'POST',
        path: `/v1/evaluate?key=${key}`,
        headers: { 'content-type': 'text/plain;charset=UTF-8' },
        body: JSON.stringify(question),
        check: (text) => Object.keys(JSON.parse(text).flags).length === FLAGS,
      },
      known: {
        method: 'GET',
        path: `/v1/config/${key}`,
        headers: { 'if-none-match': `"${environment.public.snapshot}"` },
        status: 304,
      },
      config: { method: 'GET', path: `/v1/config/${key}` },
    },
  };
}

/** The body that the harness's Workers read. */
function peersBody() {
  return JSON.stringify({ id, ...attributes });
}

/** A Worker of the harness in one file. */
async function bundled(entry, ...external) {
  const outfile = join(inputs, `edge-${entry}`);
  await build({
    entryPoints: [join(work, 'worker', entry)],
    bundle: true,
    format: 'esm',
    minify: true,
    outfile,
    external,
    conditions: ['worker', 'browser'],
    logLevel: 'error',
  });
  const content = readFileSync(outfile, 'utf8').replaceAll('./growthbook', 'growthbook');
  writeFileSync(outfile, content);
  return { name: 'main.mjs', kind: 'esModule', content };
}
