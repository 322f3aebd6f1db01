// One script per engine for the measured pages.
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { compile } from '../harness/compile.mjs';
import { fromHarness, root, work } from '../harness/place.mjs';
import { variedRuleset, variedSource } from '../varied-flags.mjs';
import { pages } from './pages.mjs';

/** Engines by the name of their files; `peer` is a module with the harness's adapter functions. */
const ENGINES = {
  pennon: join(root, 'benches/browser/pennon.mjs'),
  flagd: join(work, 'peers/flagd.mjs'),
  growthbook: join(work, 'peers/growthbook.mjs'),
};

/** Writes the scripts, the configurations and the WebAssembly module that the pages ask for. */
export async function preparePages() {
  copyFileSync(join(root, 'npm/wasm/eval.wasm'), join(pages, 'eval.wasm'));
  for (const [name, peer] of Object.entries(ENGINES)) await bundle(name, peer);
  await writeConfigurations();
}

const bundle = (name, peer) =>
  build({
    stdin: {
      contents: `
        import * as peer from ${JSON.stringify(peer)};
        import * as logical from ${JSON.stringify(join(work, 'lib/logical.mjs'))};
        import * as timing from ${JSON.stringify(join(work, 'lib/timing.mjs'))};
        import { page } from ${JSON.stringify(join(root, 'benches/browser/page.mjs'))};
        globalThis.bench = page(peer, { ...logical, ...timing });`,
      resolveDir: work,
      loader: 'js',
    },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['browser', 'import', 'module', 'production'],
    mainFields: ['browser', 'module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}', global: 'globalThis' },
    outfile: join(pages, `${name}.js`),
    logLevel: 'error',
  });

async function writeConfigurations() {
  const { flagSet, simpleFlag, rulesFlag } = await fromHarness('lib/logical.mjs');
  const ours = await import('../harness/pennon.mjs');
  const sets = {
    two: [simpleFlag('new-checkout'), rulesFlag('pricing-test')],
    thousand: flagSet(1_000),
  };
  for (const name of Object.keys(ENGINES)) {
    const { config } = name === 'pennon' ? ours : await fromHarness(`peers/${name}.mjs`);
    for (const [set, flags] of Object.entries(sets)) write(name, set, config(flags));
  }
  const { flags, enc } = await variedSource();
  write('pennon', 'varied', compile(await variedRuleset(1_000)));
  write('growthbook', 'varied', enc.growthbook(flags(1_000)));
}

const write = (engine, set, configuration) =>
  writeFileSync(join(pages, `${engine}.${set}`), configuration);
