// Measures what a page downloads for each use of the package: the application's minified import, every chunk it loads
// at once, and the wasm. React is not counted, nor is what loads later (fallback, explanations).
//
// `node size.mjs --json` prints rows of name, raw, gzip and brotli bytes; without `--json` a table, which also has the
// brotli bytes where Rolldown bundles and Oxc minifies, as in Vite 8. The budgets are for esbuild, whose are more.

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));

const REACT = (entry, react) => `
  export { createClient } from '${entry}';
  export { FlagProvider, useClient, useFlag, useFlagDetails, useStatus, useVariant } from '${react}';
`;

/** The uses of the package, by the names that `xtask/budgets.json` gives them. */
const USES = [
  {
    name: 'pennon, evaluation only, with wasm',
    source: `export { createEvaluator } from 'pennon/eval';`,
    wasm: true,
  },
  { name: 'pennon/react complete, with wasm', source: REACT('pennon', 'pennon/react'), wasm: true },
  {
    name: 'pennon/react complete, wasm inlined',
    source: REACT('pennon/inline', 'pennon/inline/react'),
    wasm: false,
  },
];

/** Bundles an application that only has this import, as a page would load it. */
const bundle = async (source) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: root },
    outdir: join(root, 'out'),
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: EXTERNAL,
    write: false,
    metafile: true,
    // The sources' own paths must not stand in for the built package.
    tsconfigRaw: {},
  });
  const bytes = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  const loaded = new Set();
  const visit = (output) => {
    if (loaded.has(output)) return;
    loaded.add(output);
    for (const { path, kind, external } of metafile.outputs[output].imports)
      if (kind === 'import-statement' && !external) visit(path);
  };
  visit(Object.keys(metafile.outputs).find((output) => metafile.outputs[output].entryPoint));
  return [...loaded].map((output) => bytes.get(resolve(output)) ?? bytes.get(join(root, output)));
};

const EXTERNAL = ['react', './eval-fallback.js', './full.js'];
const ENTRY = 'application.js';

/** The same with Vite's bundler. */
const bundleWithRolldown = async (source) => {
  const application = {
    name: 'application',
    resolveId: (id) => (id === ENTRY ? join(root, ENTRY) : undefined),
    load: (id) => (id === join(root, ENTRY) ? source : undefined),
  };
  const options = { input: ENTRY, external: EXTERNAL, plugins: [application], logLevel: 'silent' };
  const { rolldown } = await import('rolldown');
  const bundled = await rolldown({ ...options, platform: 'browser' });
  const { output } = await bundled.generate({ format: 'esm', minify: true });
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set();
  const visit = (name) => {
    if (loaded.has(name) || !chunks.has(name)) return;
    loaded.add(name);
    chunks.get(name).imports?.forEach(visit);
  };
  visit(output.find(({ isEntry }) => isEntry).fileName);
  return [...loaded].map((name) => Buffer.from(chunks.get(name).code));
};

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

const measure = async ({ name, source, wasm }, bundler) => {
  const files = await bundler(source);
  if (wasm) files.push(readFileSync(join(root, 'dist', 'eval.wasm')));
  const sum = (size) => files.reduce((total, file) => total + size(file), 0);
  return {
    name,
    raw: sum((file) => file.length),
    gzip: sum((file) => gzipSync(file, { level: 9 }).length),
    brotli: sum(brotli),
  };
};

const rows = await Promise.all(USES.map((use) => measure(use, bundle)));
if (process.argv.includes('--json')) console.log(JSON.stringify(rows, undefined, 2));
else {
  const ofVite = await Promise.all(USES.map((use) => measure(use, bundleWithRolldown)));
  console.table(rows.map((row, i) => ({ ...row, 'brotli, Vite 8': ofVite[i].brotli })));
}
