// The versions of Node that the package promises, and its entries there.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './pack.mjs';

const platform = `${process.platform}-${process.arch}`;

/** Where the executables of the versions are; a platform without them skips, and says so. */
export const EXECUTABLES = {
  20: join(repository, `node_modules/node-20-${platform}/bin/node`),
  22: join(repository, `node_modules/node-${platform}/bin/node`),
  24: join(repository, `node_modules/node-24-${platform}/bin/node`),
};

const runIn = (version) => ({ folder }) => {
  const node = EXECUTABLES[version];
  if (!existsSync(node)) return `SKIPPED: there is no Node ${version} for ${platform}`;
  const said = execFileSync(node, [join(folder, 'in-node.mjs')], { encoding: 'utf8' });
  if (!said.endsWith('all is well\n')) throw new Error(said);
  return said.split('\n')[0];
};

export const nodes = Object.fromEntries(
  Object.keys(EXECUTABLES).map((version) => [`node ${version}`, runIn(version)]),
);
