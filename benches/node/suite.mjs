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
  const [ours, peer] = await beside('flagd', RUNNER, ['all', '1000']);
  const { growth } = await inTurns(['growth'], ROUNDS, () =>
    measuredBy([MEASURE, OURS, 'growth', ...SIZES.map(String)]),
  );
  const each = (n) => growth[`ns${n}`] / n;
  return [
    row('node: all 1000 flags, new context', 'us', ours.ns / 1e3, peer.ns / 1e3, 'flagd-core', 12),
    ...SIZES.map((n) =>
      row(
        `node: all ${n} flags, per flag beside 1000`,
        'ns',
        each(n),
        each(1_000),
        'ourselves',
        null,
      ),
    ),
    // Linear growth: five times the flags cost at most a quarter more than five times the time.
    row(
      'node: growth from 1000 to 5000 flags, per flag',
      'ns',
      each(5_000),
      each(1_000),
      'ourselves',
      0.8,
    ),
  ];
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
      12,
    ),
  ];
}

const SIZES = [10, 100, 1_000, 5_000];

/** Replacing the flags of a running engine. */
export async function loadRows() {
  const [ours, peer] = await beside('growthbook', RUNNER, ['init', '1000']);
  return [row('node: load a 1000-flag plan', 'ms', ours.updateMs, peer.updateMs, 'growthbook', 5)];
}
