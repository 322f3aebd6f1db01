// Prints the package's public surface: the declarations that its entries reach, without their comments.
//
// `node api.mjs` prints, `node api.mjs --write` renews `api.txt`, which is reviewed as behaviour; a test says whether it
// is current. Reads `dist/types`, which the build makes.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));

const declarations = (path) =>
  readFileSync(path, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/\n\s*\n+/g, '\n')
    .trim();

/** The public surface, entry by entry and then file by file; `folder` holds the declarations. */
export const surface = (folder = join(root, 'dist/types')) => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entries = Object.entries(exports).filter(([, target]) => target.types);
  const files = new Map();
  const visit = (path) => {
    if (files.has(path)) return;
    const text = declarations(path);
    files.set(path, text);
    for (const [, specifier] of text.matchAll(/from '(\.[^']+)'/g))
      visit(join(dirname(path), specifier.replace(/\.(ts|js)$/, '.d.ts')));
  };
  const name = (path) => relative(folder, path);
  const fileOf = (types) => join(folder, relative('dist/types', types));
  for (const [, { types }] of entries) visit(fileOf(types));
  return [
    ...entries.map(([entry, { types }]) => `pennon${entry.slice(1)} = ${name(fileOf(types))}`),
    ...[...files]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, text]) => `\n## ${name(path)}\n${text}`),
    '',
  ].join('\n');
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = surface();
  if (process.argv.includes('--write')) writeFileSync(join(root, 'api.txt'), text);
  else process.stdout.write(text);
}
