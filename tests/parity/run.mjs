// The same random decisions, natively and through every build of the evaluator:
//
//   node tests/parity/run.mjs NATIVE PROGRAM
//
// PENNON_SEED repeats a run.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createEngine } from '../../npm/dist/engine.js';
import { repeatInChromium } from './chromium.mjs';
import { repeat } from './repeat.mjs';

const RULESETS = 110;
const CONTEXTS = 10;
const DECISIONS = 10_000;
/** More would only scroll the first ones away. */
const SHOWN = 5;
const MEBIBYTE = 1024 * 1024;

const seed = process.env.PENNON_SEED ?? String(Date.now());
console.log(`PENNON_SEED=${seed}`);
const run = spawnSync(process.argv[2], [seed, String(RULESETS), String(CONTEXTS)], {
  maxBuffer: 1024 * MEBIBYTE,
  encoding: 'utf8',
});
if (run.status !== 0) {
  throw new Error(`the native program failed: ${run.stderr}`);
}
const cases = run.stdout
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

const module = new WebAssembly.Module(
  readFileSync(new URL('../../npm/wasm/eval.wasm', import.meta.url)),
);
const wasm = (imports) => new WebAssembly.Instance(module, imports).exports;
const { instantiate: fallback } = await import('../../npm/wasm/eval-fallback.js');

const reports = {
  'Node, WebAssembly': repeat(createEngine, wasm, cases),
  'Node, fallback': repeat(createEngine, fallback, cases),
  ...(await repeatInChromium(cases)),
};
for (const [build, { decisions, differences }] of Object.entries(reports)) {
  console.log(`${build}: ${decisions} decisions, ${differences.length} differences`);
  for (const difference of differences.slice(0, SHOWN)) {
    console.log(`  ${JSON.stringify(difference)}`);
  }
}
const isEqual = Object.values(reports).every(
  ({ decisions, differences }) => decisions >= DECISIONS && differences.length === 0,
);
process.exitCode = isEqual ? 0 : 1;
