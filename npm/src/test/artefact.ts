import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads one of the artefacts of `wasm/`; in a test that has a DOM, modules do not know their own path. */
export const readArtefact = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(process.env.PENNON_WASM ?? 'wasm', name)));
