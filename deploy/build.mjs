// Puts both Workers where index.js imports them from. Inside the repository they are built there;
// the deploy button copies this folder alone, so that the repository has to be fetched, and Rust.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const REPOSITORY = 'https://github.com/pennon-flags/pennon';
const RUST = '1.95.0';
const here = import.meta.dirname;

const cargoHome = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'bin');
const env = { ...process.env, PATH: [process.env.PATH, cargoHome].join(delimiter) };

function run(program, args, cwd = here) {
  execFileSync(program, args, { cwd, env, stdio: 'inherit' });
}

function isInstalled(program) {
  try {
    execFileSync(program, ['--version'], { env, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

if (!isInstalled('cargo')) {
  const script = 'curl --proto "=https" --fail --silent --show-error https://sh.rustup.rs';
  run('sh', ['-c', `${script} | sh -s -- -y --profile minimal --default-toolchain ${RUST}`]);
}
let root = join(here, '..');
if (!existsSync(join(root, 'xtask'))) {
  root = join(here, 'repository');
  if (!existsSync(root)) run('git', ['clone', '--depth', '1', REPOSITORY, root]);
}
run('cargo', ['xtask', 'build', 'workers'], root);
for (const worker of ['edge', 'control']) {
  cpSync(join(root, 'worker', worker, 'build'), join(here, worker), { recursive: true });
}
