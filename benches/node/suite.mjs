// The figures in Node: our adapter and the peers, most of them through the harness's own runner.
import { join } from 'node:path';
import { root, work } from '../harness/place.mjs';
import { inTurns } from '../rounds.mjs';
import { row } from '../rows.mjs';
import { measuredBy } from './child.mjs';

const RUNNER = join(work, 'lib/run-one.mjs');
const MEASURE = join(root, 'benches/node/measure.mjs');
const ROUNDS = 5;
const OURS = join(root, 'benches/harness/pennon.mjs');

/** Runs one task for us and one peer in turns. */
async function beside(peer, script, task) {
  const results = await inTurns([OURS, peer], ROUNDS, (name) =>
    measuredBy([script, name, ...task]),
  );
  return [results[OURS], results[peer]];
}

/** One decision of 1000 with the context set, and one with a new context. */
export async function decisionRows() {
  const [ours, peer] = await beside('flagd', MEASURE, ['decisions', '1000']);
  const [oursNew, peerNew] = await beside('flagd', RUNNER, ['eval']);
  return [
    row('node: one computed decision, context set', 'ns', ours.ns, peer.ns, 'flagd-core', 6),
    row(
      'node: one decision, new context, 50 % rollout',
      'ns',
      oursNew.simple,
      peerNew.simple,
      'flagd-core',
      1.2,
    ),
    row(
      'node: one decision, new context, 5x3 rules',
      'ns',
      oursNew.rules,
      peerNew.rules,
      'flagd-core',
      1.2,
    ),
  ];
}

/** All flags of a plan for a new context, and how that grows. */
export async function allRows() {
  const commands = {
    ours: [RUNNER, OURS, 'all', '1000'],
    peer: [RUNNER, 'flagd', 'all', '1000'],
    values: [MEASURE, OURS, 'values', '1000'],
    growth: [MEASURE, OURS, 'growth', ...SIZES.map(String)],
  };
  const figures = await inTurns(Object.keys(commands), ROUNDS, (name) =>
    measuredBy(commands[name]),
  );
  const us = (name) => figures[name].ns / 1e3;
  return [
    row('node: all 1000 flags, new context', 'us', us('ours'), us('peer'), 'flagd-core', 12),
    row('node: the same, read as values', 'us', us('values'), us('peer'), 'flagd-core', null),
    ...growthRows(figures.growth),
  ];
}

function growthRows(growth) {
  const each = (n) => growth[`ns${n}`] / n;
  const beside1000 = (n, target) =>
    row(`node: all ${n} flags, per flag`, 'ns', each(n), each(1_000), 'ours at 1000', target);
  // Linear: at 5000 flags each one costs at most a quarter more than at 1000.
  return SIZES.map((n) => beside1000(n, n === 5_000 ? 0.8 : null));
}

/** The same over flags that do not share their conditions. */
export async function variedRows() {
  const [ours, peer] = await beside('flagd', MEASURE, ['varied', '1000']);
  if (ours.agreement !== peer.agreement)
    throw new Error('pennon and flagd-core answer differently');
  return [
    row(
      'node: one computed decision, context set, varied flags',
      'ns',
      ours.decision,
      peer.decision,
      'flagd-core',
      6,
    ),
    row(
      'node: all 1000 varied flags, new context',
      'us',
      ours.all / 1e3,
      peer.all / 1e3,
      'flagd-core',
      null,
    ),
  ];
}

const SIZES = [10, 100, 1_000, 5_000];

/** Replacing the flags of a running engine. */
export async function loadRows() {
  const [ours, peer] = await beside('growthbook', RUNNER, ['init', '1000']);
  return [row('node: load a 1000-flag plan', 'ms', ours.updateMs, peer.updateMs, 'growthbook', 5)];
}
