// A page that a server renders as a stream and the browser hydrates, the way a Next app-router page does.

import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { visit } from './visit.mjs';

export const rendered = {
  'streamed and hydrated': async (project) => {
    const target = join(project.folder, 'out-rendered');
    await build({
      root: project.folder,
      logLevel: 'error',
      build: {
        outDir: target,
        emptyOutDir: true,
        rollupOptions: { input: join(project.folder, 'hydrate.js') },
      },
    });
    const script = readdirSync(join(target, 'assets')).find((name) => name.startsWith('hydrate'));
    const html = execFileSync(process.execPath, [join(project.folder, 'render.mjs')], {
      encoding: 'utf8',
    });
    writeFileSync(
      join(target, 'index.html'),
      html.replace('</body>', `<script type="module" src="/assets/${script}"></script></body>`),
    );
    await visit(project, target, { texts: 'A', engine: 'wasm' });
  },
};
