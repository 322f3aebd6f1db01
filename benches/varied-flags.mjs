// The varied flags: those of the harness's `lower-bound/format.mjs`, as a ruleset of ours.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { given, inputs } from './harness/place.mjs';

const ATTRIBUTE_TYPES = { age: 'number', seats: 'number', signupDays: 'number' };
const OPERATORS = {
  eq: 'eq',
  in: 'in',
  contains: 'contains',
  gt: 'gt',
  lt: 'lt',
  gte: 'ge',
  vgte: 'semver_ge',
};

/**
 * The generator and the peers' encoders, taken out of the given file at run time.
 * That file prints and writes when it is imported, so all but its last statements become a module of their own.
 */
export async function variedSource() {
  const text = readFileSync(join(given, 'lower-bound/format.mjs'), 'utf8');
  const end = text.indexOf('\nconst out = {};');
  if (end < 0) throw new Error('lower-bound/format.mjs has changed its shape: no `const out`');
  mkdirSync(inputs, { recursive: true });
  const path = join(inputs, 'varied-source.mjs');
  const tail =
    'export const flags = (n) => { s = 777 + n; return gen(n); };\nexport { enc, A, VAL };\n';
  writeFileSync(path, `${text.slice(0, end)}\n${tail}`);
  return import(pathToFileURL(path).href);
}

/** `n` varied flags as the harness makes them. */
export const variedFlags = async (n) => (await variedSource()).flags(n);

/**
 * `n` varied flags as a ruleset, with what the harness's flags lack.
 * Rule ids are numbered as people's edits leave them, with gaps; one flag in twenty is killed; one in ten asks
 * for a flag before it, by `on` or by variant.
 */
export async function variedRuleset(n) {
  return rulesetOf(await variedSource(), n, flagOf);
}

/**
 * `n` varied flags as a peer without kill bits, prerequisites and `next` can have them too, for comparing speed:
 * a rule whose distribution draws nothing ends at the fallthrough.
 */
export async function plainRuleset(n) {
  const plain = (flag, random) => {
    const entry = flagOf(flag, random, []);
    const rules = entry.rules.map((rule) => ({ ...rule, on_miss: 'stop' }));
    return { ...entry, killed: false, rules };
  };
  return rulesetOf(await variedSource(), n, plain);
}

function rulesetOf({ flags, A: attributes }, n, toFlag) {
  const random = numbersFrom(4_711);
  const done = [];
  const entries = flags(n).map((flag) => {
    const entry = toFlag(flag, random, done);
    done.push([flag.key, entry]);
    return [flag.key, entry];
  });
  return {
    schema: 1,
    environment: 'env_varied',
    attributes: Object.fromEntries(attributes.map((name) => [name, attributeOf(name)])),
    flags: Object.fromEntries(entries),
  };
}

const attributeOf = (name) => ({
  type: ATTRIBUTE_TYPES[name] ?? 'string',
  known_at: 'client',
  class: 'public',
});

function flagOf(flag, random, done) {
  const isBoolean = flag.vs[0] === false;
  const names = isBoolean ? ['off', 'on'] : flag.vs;
  let id = 0;
  const nextId = () => {
    id += random() < 0.2 ? 2 : 1;
    return `r${id}`;
  };
  return {
    type: isBoolean ? 'boolean' : 'string',
    variants: Object.fromEntries(names.map((name, i) => [name, flag.vs[i]])),
    enabled: true,
    killed: random() < 0.05,
    off: names[0],
    unit: 'user',
    ...(done.length > 0 && random() < 0.1
      ? { prerequisites: [prerequisiteFrom(done[Math.floor(random() * done.length)])] }
      : {}),
    rules: flag.rules.map((rule) => ({
      id: nextId(),
      when: { all: rule.cs.map(conditionOf) },
      outcome: outcomeOf(names, rule.w),
    })),
    fallthrough: { variant: names[flag.def] },
  };
}

const conditionOf = ({ a, op, v }) => ({ attribute: a, op: OPERATORS[op], value: v });

const prerequisiteFrom = ([key, flag]) =>
  flag.type === 'boolean'
    ? { flag: key, is: 'enabled' }
    : { flag: key, variants: [Object.keys(flag.variants)[1]] };

/** Percentages become ranges of basis points that join without a gap. */
export function outcomeOf(names, percentages) {
  const whole = percentages.indexOf(100);
  if (whole >= 0) return { variant: names[whole] };
  let sum = 0;
  const ranges = percentages.map((percentage, i) => {
    const from = Math.round(sum * 100);
    sum += percentage;
    return { variant: names[i], from, to: Math.round(sum * 100) };
  });
  return { distribution: { ranges: ranges.filter(({ from, to }) => to > from) } };
}

/** Deterministic numbers in [0, 1): Park and Miller's minimal standard generator. */
function numbersFrom(seed) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
