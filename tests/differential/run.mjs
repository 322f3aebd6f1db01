// Compares flags that we imported with the real posthog-node, locally evaluated, on random definitions
// and contexts: node run.mjs [--pairs N] [--seed N]
//
// A pair is one flag and one context. Prints
// {"pairs", "equal", "unknown", "stricter", "differences": […]}; `unknown`
// are pairs that neither can tell from what it was given, `stricter` those where node gives up for a
// reason that we know. A pair that differs is told with its definitions; `--pairs 1 --seed` and its seed give them again.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createContext } from './contexts.mjs';
import { createDefinitions } from './definitions.mjs';
import { createNode } from './node.mjs';
import { createRandom } from './random.mjs';

process.env.TZ = 'UTC';

/** Contexts for each payload. */
const CONTEXTS = 10;

/** More differences than this say nothing new. */
const SHOWN = 20;

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
  },
});

const folder = new URL('../../npm/wasm/', import.meta.url);
const full = await import(new URL('full.js', folder));
full.initSync({ module: readFileSync(new URL('full_bg.wasm', folder)) });

const counts = { pairs: 0, equal: 0, unknown: 0, stricter: 0 };
const differences = [];
const node = createNode();
let seed = Number(values.seed);
while (counts.pairs < Number(values.pairs) && differences.length < SHOWN) {
  await compare(seed);
  seed += 1;
}
await node.shutdown();
console.log(JSON.stringify({ ...counts, differences }));

async function compare(own) {
  const random = createRandom(own);
  const definitions = createDefinitions(random);
  await node.load(definitions);
  const ours = new full.PosthogFlags(definitions);
  for (let i = 0; i < CONTEXTS; i++) {
    const now = Date.now();
    const context = createContext(random, now);
    const theirs = await node.evaluate(context);
    const answers = ours.answer(requestOf(context), null, 'local', now);
    for (const { key } of definitions.flags) {
      judge(own, definitions, context, key, theirs, answers[key]);
    }
  }
  ours.free();
}

/** The same as a request to `/flags`; node adds the key of each group to its properties. */
function requestOf({ distinctId, personProperties, groups, groupProperties }) {
  const withKeys = Object.entries(groupProperties).map(([type, known]) => [
    type,
    { $group_key: groups[type], ...known },
  ]);
  return {
    distinct_id: distinctId,
    person_properties: personProperties,
    groups,
    group_properties: Object.fromEntries(withKeys),
  };
}

function judge(own, definitions, context, key, all, answer) {
  counts.pairs += 1;
  const ours = answer.inconclusive ? undefined : answer.value;
  const theirs = all[key];
  if (ours === theirs) {
    counts[ours === undefined ? 'unknown' : 'equal'] += 1;
  } else if (waitsForUnknown(definitions, key, all)) {
    counts.stricter += 1;
  } else if (differences.length < SHOWN) {
    const said = { ours: ours ?? answer.reason, theirs: theirs ?? 'inconclusive' };
    differences.push({ seed: own, key, ...said, context, definitions });
  }
}

/**
 * Node gives up on a filter when any flag of its chain is unknown, and may then find a later condition;
 * we only when the flag that is asked for is unknown.
 */
function waitsForUnknown({ flags }, key, all) {
  const { filters } = flags.find((flag) => flag.key === key);
  const asked = filters.groups.flatMap(({ properties }) => properties);
  return asked.some(({ dependency_chain: chain = [] }) => {
    const waits = chain.slice(0, -1).some((other) => all[other] === undefined);
    return waits || chain.some((other) => waitsForUnknown({ flags }, other, all));
  });
}
