// Runs one suite through one backend: node run.mjs SUITE FOLDER native|wasm [NATIVE PROGRAM]
// Prints {"case": ["what missed", …], …}.

import { nativeBackend, wasmBackend } from './backends.mjs';
import { bucketing } from './bucketing.mjs';

const SUITES = { bucketing };
const BACKENDS = { native: nativeBackend, wasm: wasmBackend };

const [suite, folder, backend, program] = process.argv.slice(2);
const ask = await BACKENDS[backend](suite, program);
console.log(JSON.stringify(SUITES[suite](folder, ask)));
