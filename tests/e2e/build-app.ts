import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

const example = join(import.meta.dirname, '../../examples/react-app');

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with the built example. */
    app: string;
  }
}

/** Builds the example once for all stories, as its users would, into a temporary folder. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'pennon-app-'));
  await build({
    root: example,
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  });
  project.provide('app', folder);
  return () => rm(folder, { recursive: true, force: true });
}
