// Builds `dist/`: the entries as ES modules that share their chunks, the artefacts of `wasm/` beside them, and the
// declarations. The artefacts come from `cargo xtask build`.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { artefacts, define } from './artefacts.mjs';
import { internalNames } from './internal-names.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');

/** The file that an entry of the package's exports map names, and the source it is made of. */
const ENTRIES = {
  browser: 'entry/browser.ts',
  inline: 'entry/inline.ts',
  node: 'entry/node.ts',
  workerd: 'entry/workerd.ts',
  'server-node': 'entry/server-node.ts',
  'server-workerd': 'entry/server-workerd.ts',
  eval: 'entry/eval.ts',
  testing: 'testing/index.ts',
  otel: 'otel/index.ts',
  react: 'react/index.ts',
  engine: 'entry/engine.ts',
  'rare-browser': 'entry/rare-browser.ts',
};

/** Chunks have no effects, so an import that only keeps their order says nothing, and bundlers warn about it. */
const removeBareImports = () => {
  for (const file of readdirSync(dist).filter((name) => name.endsWith('.js'))) {
    const path = join(dist, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^import "\.\/[^"]+";\n/gm, ''));
  }
};

/** Marks the React entry as the browser's half for server components, and binds a copy to the client with its wasm. */
const finishReact = () => {
  const path = join(dist, 'react.js');
  const source = `'use client';\n${readFileSync(path, 'utf8')}`;
  const parts = source.split('from "pennon"');
  if (parts.length !== 2) throw new Error('dist/react.js should import from "pennon" exactly once');
  writeFileSync(path, source);
  writeFileSync(join(dist, 'inline-react.js'), parts.join('from "pennon/inline"'));
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
for (const file of ['eval.wasm', 'eval-fallback.js', 'full.js', 'full_bg.wasm'])
  copyFileSync(join(root, 'wasm', file), join(dist, file));
for (const file of ['LICENSE-APACHE', 'LICENSE-MIT'])
  copyFileSync(join(root, '..', file), join(dist, file));
await build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(
    Object.entries(ENTRIES).map(([name, source]) => [name, join('src', source)]),
  ),
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  external: ['pennon', 'react', '@opentelemetry/api', 'node:*'],
  define,
  mangleProps: internalNames,
  minifySyntax: true,
  plugins: [artefacts(join(root, 'wasm'))],
});
removeBareImports();
finishReact();
const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
);
execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
