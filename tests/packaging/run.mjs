// Packs the package, installs the tarball as a stranger would, and runs it wherever people run it.
//
// `node tests/packaging/run.mjs [CASE…]` needs `npm/wasm`; it builds `npm/dist` itself. One install serves all cases.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlers } from './bundlers.mjs';
import { metadata } from './metadata.mjs';
import { nodes } from './nodes.mjs';
import { pack } from './pack.mjs';
import { rendered } from './rendered.mjs';
import { workerd } from './workerd.mjs';

/** Every case by its name: a function that takes the installed project and throws when the package fails there. */
const CASES = { ...metadata, ...nodes, ...bundlers, ...rendered, ...workerd };

const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'pennon-packaging-'));
let failures = 0;
try {
  const project = await pack(folder);
  for (const [name, run] of Object.entries(CASES)) {
    if (wanted.length && !wanted.some((part) => name.includes(part))) continue;
    const started = performance.now();
    try {
      const note = await run(project);
      console.log(
        `ok    ${name} (${Math.round(performance.now() - started)} ms)${note ? ` ${note}` : ''}`,
      );
    } catch (error) {
      failures += 1;
      console.log(
        `FAIL  ${name}\n${error.stdout ?? ''}${error.stderr ?? ''}${error.stack ?? error}`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures ? 1 : 0);
