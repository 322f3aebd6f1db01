// Where the peers are: the given harness, and a copy of it with its packages installed.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Root of this repository. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The harness as it was given; read only. */
export const given = resolve(root, process.env.PENNON_BENCH_PEERS ?? '../shared/bench-peers');

/** The copy that has packages installed and takes results. */
export const work = join(root, 'target/bench-peers');

/** Where prepared inputs of a run go: plans, bundles, peers' configurations. */
export const inputs = join(root, 'target/bench-inputs');

/** Imports a module of the harness by its path inside it. */
export const fromHarness = (path) =>
  import(pathToFileURL(join(existsSync(work) ? work : given, path)).href);

/** Whether there is a harness to copy. */
export const hasPeers = () => existsSync(join(given, 'run.mjs'));

/** Makes the working copy: files every time, packages when the lock file differs from the last installed one. */
export function preparePeers() {
  mkdirSync(work, { recursive: true });
  mkdirSync(inputs, { recursive: true });
  cpSync(given, work, {
    recursive: true,
    filter: (path) => !path.slice(given.length).split('/').includes('node_modules'),
  });
  const stamp = join(work, '.installed-lock.json');
  const lock = readFileSync(join(work, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error(`installing the peers' packages in ${work}`);
  const npm = spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'],
    {
      cwd: work,
      stdio: ['ignore', 2, 2],
    },
  );
  if (npm.status !== 0) throw new Error(`npm ci in ${work} ended with ${npm.status}`);
  writeFileSync(stamp, lock);
}
