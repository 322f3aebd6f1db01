// A measurement in a process of its own.
import { spawnSync } from 'node:child_process';

/** Runs Node with `args` and answers the numbers of the line that it prints after `@@`. */
export function measuredBy(args) {
  const child = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 1 << 26,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const line = child.stdout?.split('\n').find((text) => text.startsWith('@@'));
  if (line === undefined) {
    const story = (child.stderr ?? '').trim().split('\n').slice(-8).join('\n');
    throw new Error(`\`node ${args.join(' ')}\` measured nothing: ${story}`);
  }
  const entries = Object.entries(JSON.parse(line.slice(2)));
  return Object.fromEntries(entries.filter(([, value]) => Number.isFinite(value)));
}
