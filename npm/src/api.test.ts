import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { surface } from '../api.mjs';

const root = join(import.meta.dirname, '..');

it('has the public surface that `api.txt` says (`node api.mjs --write` renews it)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pennon-api-'));
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', folder];
  try {
    execFileSync(process.execPath, [join(typescript, 'bin/tsc'), ...options]);
    expect(surface(folder)).toBe(readFileSync(join(root, 'api.txt'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
