// Our package as a peer of the harness: `node run.mjs eval --extra=<repository>/benches/harness/pennon.mjs`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../npm/dist/engine.js';
import { adapterOver } from './adapter.mjs';
import { compile } from './compile.mjs';
import { logicalRuleset } from './logical-ruleset.mjs';
import { root } from './place.mjs';

export { engine, name, pkg } from './adapter.mjs';

export const config = (flags) => compile(logicalRuleset(flags));

export const load = async () =>
  new WebAssembly.Module(readFileSync(join(root, 'npm/wasm/eval.wasm')));

export const { create, ctx, bool, variant, all, allValues } = adapterOver(createEngine);
