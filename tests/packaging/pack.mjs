// The installed project that all cases share, and what they need of it.

import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The environment of the plan that the cases evaluate. */
export const ENVIRONMENT = 'env_packaging';

const FLAGS = {
  greeting: {
    type: 'string',
    variants: { only: 'hello' },
    enabled: true,
    off: 'only',
    fallthrough: { variant: 'only' },
  },
  experiment: {
    type: 'string',
    variants: { a: 'A', b: 'B' },
    enabled: true,
    off: 'b',
    fallthrough: { distribution: { ranges: [{ variant: 'a', from: 0, to: 10_000 }] } },
  },
};

/** Makes a key that signs; the last 32 bytes of its public half's DER form are the key, and a hash of them is its id. */
const createSigningKey = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return { privateKey, raw, id: createHash('sha256').update(raw).digest().subarray(0, 8) };
};

/** Compiles the flags and puts them into a signed envelope. */
const publish = async () => {
  const wasm = join(repository, 'npm/wasm');
  const full = await import(pathToFileURL(join(wasm, 'full.js')).href);
  full.initSync({ module: readFileSync(join(wasm, 'full_bg.wasm')) });
  const ruleset = { schema: 1, environment: ENVIRONMENT, attributes: {}, flags: FLAGS };
  const { names, plan } = full.compile(ruleset, 'public');
  const header = Buffer.alloc(24);
  header.writeBigUInt64LE(1n);
  const key = createSigningKey();
  const head = Buffer.concat([
    Buffer.from('PNV1'),
    Buffer.from([ENVIRONMENT.length]),
    Buffer.from(ENVIRONMENT),
    header,
    createHash('sha256').update(plan).digest(),
    key.id,
  ]);
  return {
    names,
    plan: Buffer.concat([head, sign(null, head, key.privateKey), plan]),
    keys: { keys: [{ id: key.id.toString('hex'), public_key: key.raw.toString('hex') }] },
  };
};

/** Builds, packs and installs the package into `folder`; answers with the project's folder, the tarball and the plan. */
export const pack = async (folder) => {
  const npm = join(repository, 'npm');
  execFileSync(process.execPath, [join(npm, 'build.mjs')], { stdio: 'inherit' });
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: npm,
  });
  const tarball = join(folder, JSON.parse(packed)[0].filename);
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--offline', tarball], {
    cwd: project,
    stdio: 'pipe',
  });
  // React comes from the repository's own install: the cases are about this package.
  for (const name of ['react', 'react-dom', 'scheduler'])
    symlinkSync(join(repository, 'node_modules', name), join(project, 'node_modules', name));
  cpSync(join(repository, 'tests/packaging/apps'), project, { recursive: true });
  const { names, plan, keys } = await publish();
  writeFileSync(join(project, 'plan.bin'), plan);
  writeFileSync(join(project, 'keys.json'), JSON.stringify(keys));
  return { folder: project, tarball, plan, names };
};
