// The native figures: Criterion, one process per engine, in turns.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHarness, inputs, root } from '../harness/place.mjs';
import { inTurns } from '../rounds.mjs';
import { row } from '../rows.mjs';

const ROUNDS = 3;
const TARGET_DIR = process.env.CARGO_TARGET_DIR ?? join(root, 'target/benches');
const CRITERION = ['--noplot', '--warm-up-time', '0.5', '--measurement-time', '1'];

/** One decision in Rust: contexts ready on every side, nothing remembered from the context before. */
export async function nativeRows() {
  await writeInputs();
  cargo(['bench', '--bench', 'decisions', '--no-run']);
  const figures = await inTurns(['pennon', 'eppo_core', 'yggdrasil'], ROUNDS, measured);
  const rows = (peer) =>
    ['boolean', 'rules'].map((flag) =>
      row(
        `native: one decision, ${WORDS[flag]}`,
        'ns',
        figures.pennon[flag],
        figures[peer][flag],
        peer,
        3,
      ),
    );
  return [
    ...rows('eppo_core'),
    ...rows('yggdrasil'),
    row(
      'native: the same, writing the context included',
      'ns',
      figures.pennon.written,
      figures.yggdrasil.boolean,
      'yggdrasil',
      null,
    ),
  ];
}

const WORDS = { boolean: '50 % rollout', rules: '5x3 rules' };

async function writeInputs() {
  const { simpleFlag, rulesFlag } = await fromHarness('lib/logical.mjs');
  const flags = [simpleFlag('new-checkout'), rulesFlag('pricing-test')];
  const config = async (peer) => (await fromHarness(`peers/${peer}.mjs`)).config(flags);
  const features = JSON.parse(await config('unleash'));
  const { config: plan } = await import('../harness/pennon.mjs');
  writeFileSync(join(inputs, 'pennon.plan'), plan(flags));
  writeFileSync(join(inputs, 'eppo.json'), await config('eppo'));
  writeFileSync(join(inputs, 'unleash.json'), JSON.stringify({ version: 2, features }));
}

function measured(engine) {
  cargo(['bench', '--quiet', '--bench', 'decisions', '--', ...CRITERION, engine]);
  const names = engine === 'pennon' ? ['boolean', 'rules', 'written'] : ['boolean', 'rules'];
  return Object.fromEntries(names.map((name) => [name, estimate(engine, name)]));
}

/** Criterion's median in nanoseconds. */
function estimate(engine, name) {
  const path = join(TARGET_DIR, 'criterion', engine, name, 'new/estimates.json');
  return JSON.parse(readFileSync(path, 'utf8')).median.point_estimate;
}

function cargo(args) {
  const child = spawnSync('cargo', args, {
    cwd: join(root, 'benches/native'),
    encoding: 'utf8',
    env: { ...process.env, CARGO_TARGET_DIR: TARGET_DIR, PENNON_BENCH_INPUTS: inputs },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.status !== 0) {
    const story = `${child.stderr}${child.stdout}`.trim().split('\n').slice(-12).join('\n');
    throw new Error(`\`cargo ${args.join(' ')}\` ended with ${child.status}: ${story}`);
  }
}
