// Runs one suite through one backend: node run.mjs SUITE PLACE native|wasm [NATIVE PROGRAM]
// The place is the folder of the bucketing vectors, or one file of PostHog's.
// Prints {"case": ["what missed", …], …}, or null for a file of another kind than the suite has.

import { nativeBackend, wasmBackend } from './backends.mjs';
import { bucketing } from './bucketing.mjs';
import { posthog } from './posthog.mjs';

const SUITES = { bucketing, posthog };
const BACKENDS = { native: nativeBackend, wasm: wasmBackend };

const [suite, place, backend, program] = process.argv.slice(2);
const ask = await BACKENDS[backend](suite, program);
console.log(JSON.stringify(SUITES[suite](place, ask)));
