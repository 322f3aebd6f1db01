// `cargo xtask rebuild-totals` on a machine that runs.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Project } from './project.ts';

/** What the recount found; it ends with an error where anything differs. */
export interface Recount {
  readonly files: number;
  readonly lines: number;
  readonly cells: number;
  readonly differences: number;
}

/** Counts the environment once more, from its raw log. */
export async function recount({ machine, token }: Project): Promise<Recount> {
  const words = ['--control', machine.control, '--token', token];
  const place = ['--project', 'shop', '--environment', 'live'];
  const { stdout } = await promisify(execFile)(
    'cargo',
    ['xtask', 'rebuild-totals', ...words, ...place],
    { cwd: join(import.meta.dirname, '../..') },
  );
  return JSON.parse(stdout);
}
