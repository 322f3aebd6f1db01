// What tools that read the package's metadata say.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from './pack.mjs';

const bin = (name) => join(repository, 'node_modules/.bin', name);

export const metadata = {
  publint: ({ tarball }) =>
    void execFileSync(bin('publint'), [tarball, '--strict'], { stdio: 'pipe' }),
  // The package is for `import` only, and says so: resolution by `require` and by Node 10 is not promised.
  attw: ({ tarball }) =>
    void execFileSync(
      bin('attw'),
      [
        tarball,
        '--profile',
        'esm-only',
        '--exclude-entrypoints',
        'eval.wasm',
        'full_bg.wasm',
        '--format',
        'ascii',
      ],
      { stdio: 'pipe' },
    ),
  types: ({ folder }) =>
    void execFileSync(
      process.execPath,
      [join(repository, 'node_modules/typescript/bin/tsc'), '-p', join(folder, 'tsconfig.json')],
      { stdio: 'pipe' },
    ),
};
