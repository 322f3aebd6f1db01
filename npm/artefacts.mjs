// The names under which sources import the artefacts of `wasm/`; see `src/artefacts.d.ts`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from './encode.mjs';

const manifest = join(import.meta.dirname, 'package.json');

/** What the build knows and the sources do not, in the form that bundlers take. */
export const define = {
  PENNON_VERSION: JSON.stringify(JSON.parse(readFileSync(manifest, 'utf8')).version),
};

/** The artefacts that stay files of their own beside the built entries. */
const FILES = {
  'pennon:wasm-module': './eval.wasm',
  'pennon:fallback': './eval-fallback.js',
  'pennon:full': './full.js',
};

/** The module that carries the wasm as text. */
export const wasmText = (folder) =>
  `export const text = ${JSON.stringify(encode(readFileSync(join(folder, 'eval.wasm'))))};`;

/** Resolves the names for esbuild; `folder` holds the artefacts. */
export const artefacts = (folder) => ({
  name: 'pennon-artefacts',
  setup(build) {
    build.onResolve({ filter: /^pennon:/ }, ({ path }) =>
      FILES[path] ? { path: FILES[path], external: true } : { path, namespace: 'pennon' },
    );
    build.onLoad({ filter: /^pennon:wasm-text$/, namespace: 'pennon' }, () => ({
      contents: wasmText(folder),
    }));
  },
});
