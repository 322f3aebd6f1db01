// Runs every measurement in a process of its own, in turns, and takes medians.
import { spawnSync } from 'node:child_process';

/** The middle of some numbers. */
export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Runs `commands` (name to the arguments of Node) `rounds` times, in reverse order every other round, so that a
 * noisy minute hits everyone. Each prints a line `@@` with an object of numbers.
 *
 * **Shape** the answer is `{name: {field: median}}`.
 */
export function inTurns(commands, rounds) {
  const samples = {};
  const names = Object.keys(commands);
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 ? [...names].reverse() : names) {
      for (const [field, value] of Object.entries(once(name, commands[name]))) {
        samples[name] ??= {};
        samples[name][field] ??= [];
        samples[name][field].push(value);
      }
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, fields]) => [
      name,
      Object.fromEntries(Object.entries(fields).map(([field, values]) => [field, median(values)])),
    ]),
  );
}

function once(name, args) {
  const child = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 1 << 26,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const line = child.stdout?.split('\n').find((text) => text.startsWith('@@'));
  if (line === undefined) {
    throw new Error(`${name} measured nothing: ${(child.stderr ?? '').trim().split('\n').slice(-8).join('\n')}`);
  }
  const numbers = Object.entries(JSON.parse(line.slice(2))).filter(([, value]) => Number.isFinite(value));
  return Object.fromEntries(numbers);
}
