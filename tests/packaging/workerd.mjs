// A Worker that wrangler bundles and workerd runs.

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeOf } from './nodes.mjs';
import { repository } from './pack.mjs';

const COMPATIBILITY = '2026-10-01';

/** Miniflare is wrangler's own. */
const loadMiniflare = async () => {
  const wrangler = createRequire(join(repository, 'node_modules/wrangler/package.json'));
  return import(pathToFileURL(wrangler.resolve('miniflare')).href);
};

export const workerd = {
  workerd: async ({ folder }) => {
    const target = join(folder, 'out-worker');
    execFileSync(
      // Wrangler wants a later Node than the package does.
      nodeOf(22),
      [
        join(repository, 'node_modules/wrangler/bin/wrangler.js'),
        ...['deploy', 'worker.js', '--dry-run', '--outdir', target, '--name', 'packaging'],
        ...['--compatibility-date', COMPATIBILITY],
      ],
      { cwd: folder, stdio: 'pipe', env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } },
    );
    const { convertV4MiniflareOptions, Miniflare } = await loadMiniflare();
    const modules = readdirSync(target)
      .filter((name) => /\.(js|wasm|bin)$/.test(name))
      .sort((a, b) => Number(b === 'worker.js') - Number(a === 'worker.js'))
      .map((name) => ({
        type: { js: 'ESModule', wasm: 'CompiledWasm', bin: 'Data' }[name.split('.').at(-1)],
        path: join(target, name),
      }));
    const worker = { modulesRoot: target, modules, compatibilityDate: COMPATIBILITY };
    const miniflare = new Miniflare(convertV4MiniflareOptions(worker));
    try {
      const seen = await (await miniflare.dispatchFetch('http://localhost/')).json();
      const expected = { page: 'hello', server: 'A', counted: 1 };
      if (JSON.stringify(seen) !== JSON.stringify(expected)) throw new Error(JSON.stringify(seen));
    } finally {
      await miniflare.dispose();
    }
  },
};
