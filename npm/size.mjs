// Measures what a page downloads for each use of the package: the application's minified import, every chunk it loads
// at once, and the wasm. React is not counted, nor is what loads later (fallback, explanations).
//
// `node size.mjs --json` prints rows of name, raw, gzip and brotli bytes; without `--json` a table.

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
    external: ['react', './eval-fallback.js', './full.js'],
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

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

const measure = async ({ name, source, wasm }) => {
  const files = await bundle(source);
  if (wasm) files.push(readFileSync(join(root, 'dist', 'eval.wasm')));
  const sum = (size) => files.reduce((total, file) => total + size(file), 0);
  return {
    name,
    raw: sum((file) => file.length),
    gzip: sum((file) => gzipSync(file, { level: 9 }).length),
    brotli: sum(brotli),
  };
};

const rows = await Promise.all(USES.map(measure));
if (process.argv.includes('--json')) console.log(JSON.stringify(rows, undefined, 2));
else console.table(rows);
