// The same random decisions, natively and through every build of the evaluator:
//
//   node tests/parity/run.mjs NATIVE PROGRAM
//
// PENNON_SEED repeats a run.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createDialectEngine, createEngine } from '../../npm/dist/engine.js';
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
const cases = draw();
const dialects = draw('dialects');

const native = artefact('eval.wasm');
const other = artefact('eval-posthog.wasm');
const { instantiate: fallback } = await import('../../npm/wasm/eval-fallback.js');
const { instantiate: otherFallback } = await import('../../npm/wasm/eval-posthog-fallback.js');

const reports = {
  'Node, WebAssembly': repeat(createEngine, native, cases),
  'Node, fallback': repeat(createEngine, fallback, cases),
  'Node, WebAssembly, dialects': repeat(createDialectEngine, other, dialects),
  'Node, fallback, dialects': repeat(createDialectEngine, otherFallback, dialects),
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

function draw(...kind) {
  const run = spawnSync(process.argv[2], [seed, String(RULESETS), String(CONTEXTS), ...kind], {
    maxBuffer: 1024 * MEBIBYTE,
    encoding: 'utf8',
  });
  if (run.status !== 0) {
    throw new Error(`the native program failed: ${run.stderr}`);
  }
  return run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function artefact(file) {
  const bytes = readFileSync(new URL(`../../npm/wasm/${file}`, import.meta.url));
  const module = new WebAssembly.Module(bytes);
  return (imports) => new WebAssembly.Instance(module, imports).exports;
}
