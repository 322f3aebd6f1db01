// The harness's logical flags (`lib/logical.mjs`) as a ruleset of ours.
import { fromHarness } from './place.mjs';

const { COND, RULE_AGES, VARIANTS, cohortIds } = await fromHarness('lib/logical.mjs');

const attribute = (type) => ({ type, known_at: 'client', class: 'public' });

const test = (name, op, value) => ({ attribute: name, op, value });

/** A distribution that cuts the whole split into equal parts. */
const evenly = (names) => ({
  distribution: {
    ranges: names.map((variant, i) => ({
      variant,
      from: (i * 10_000) / names.length,
      to: ((i + 1) * 10_000) / names.length,
    })),
  },
});

const RULES_OF = {
  simple: () => [
    { id: 'r1', outcome: { distribution: { ranges: [{ variant: 'on', from: 0, to: 5_000 }] } } },
  ],
  rules: () =>
    RULE_AGES.map((age, i) => ({
      id: `r${i + 1}`,
      when: {
        all: [
          test('country', 'eq', COND.country),
          test('email', 'contains', COND.contains),
          test('age', 'gt', age),
        ],
      },
      outcome: evenly(VARIANTS),
    })),
  regex: () => onWhen(test('email', 'matches', COND.regex)),
  semver: () => onWhen(test('appVersion', 'semver_ge', COND.semver)),
  cohort: () => onWhen({ unit: 'user', op: 'in', list: 'cohort' }),
};

const onWhen = (when) => [{ id: 'r1', when, outcome: { variant: 'on' } }];

function flagOf({ kind }) {
  const isBoolean = kind !== 'rules';
  const first = isBoolean ? 'off' : VARIANTS[0];
  return {
    type: isBoolean ? 'boolean' : 'string',
    variants: isBoolean
      ? { off: false, on: true }
      : Object.fromEntries(VARIANTS.map((v) => [v, v])),
    enabled: true,
    killed: false,
    off: first,
    unit: 'user',
    rules: RULES_OF[kind](),
    fallthrough: { variant: first },
  };
}

/** A ruleset with one flag for each logical flag. */
export const logicalRuleset = (flags) => ({
  schema: 1,
  environment: 'env_bench',
  attributes: {
    country: attribute('string'),
    email: attribute('string'),
    age: attribute('number'),
    plan: attribute('string'),
    appVersion: attribute('semver'),
  },
  lists: flags.some(({ kind }) => kind === 'cohort') ? { cohort: { values: cohortIds() } } : {},
  flags: Object.fromEntries(flags.map((flag) => [flag.key, flagOf(flag)])),
});
