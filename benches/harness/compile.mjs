// Rulesets become plans in the tool artefact, as they do in the console.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './place.mjs';

const full = await import(pathToFileURL(join(root, 'npm/wasm/full.js')).href);
full.initSync({ module: readFileSync(join(root, 'npm/wasm/full_bg.wasm')) });

/** The public plan of a ruleset. */
export const compile = (ruleset) => compileFor(ruleset, 'public');

/** The plan of a ruleset for an audience. */
export function compileFor(ruleset, audience) {
  const { plan } = full.compile(ruleset, audience);
  return plan;
}
