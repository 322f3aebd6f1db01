// `node benches/bench.mjs [--json] [--only=decisions,all,varied,load,use-flag,memory,browser,native,edge]`
import { given, hasPeers, preparePeers } from './harness/place.mjs';
import { passes, row, table } from './rows.mjs';

/** Each suite by name: what imports and runs it. */
const SUITES = {
  decisions: async () => (await import('./node/suite.mjs')).decisionRows(),
  all: async () => (await import('./node/suite.mjs')).allRows(),
  varied: async () => (await import('./node/suite.mjs')).variedRows(),
  load: async () => (await import('./node/suite.mjs')).loadRows(),
  'use-flag': async () => (await import('./use-flag/suite.mjs')).useFlagRows(),
  native: async () => (await import('./native/suite.mjs')).nativeRows(),
  edge: async () => (await import('./edge/suite.mjs')).edgeRows(),
  memory: async () => (await import('./browser/suite.mjs')).memoryRows(),
  browser: async () => (await import('./browser/suite.mjs')).browserRows(),
};

const options = process.argv.slice(2);
const only = options
  .find((option) => option.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');

if (!hasPeers()) {
  console.error(
    `NO BENCH: no peers at ${given}; set PENNON_BENCH_PEERS to the folder of bench-peers`,
  );
  process.exit(2);
}
preparePeers();

const rows = [];
for (const suite of only ?? Object.keys(SUITES)) {
  console.error(`measuring ${suite}`);
  try {
    rows.push(...(await SUITES[suite]()));
  } catch (error) {
    console.error(`${suite} could not be measured: ${error.stack}`);
    rows.push(row(`${suite}: could not be measured`, '', Number.NaN, Number.NaN, 'anyone', 1));
  }
}
console.log(options.includes('--json') ? JSON.stringify(rows, null, 1) : table(rows));
process.exitCode = rows.every(passes) ? 0 : 1;
