// The suites of PostHog's semantics: each file says by its `kind` what its cases are.
//
// A case becomes questions to the importer and to the flags that it made, and a rule how the answers
// compare. Nothing here decides anything: which rule a case follows depends on its kind alone.
import { readFileSync } from 'node:fs';

/** Kinds of cases, and how each becomes questions and a verdict. */
const KINDS = {
  bucketing: (one) => BUCKETING[one.kind](one),
  assignment_list: (one) => assignment(one),
  property_match: (one) => propertyMatch(one),
  flag_evaluation: (one) => flagEvaluation(one),
  contract: (one) => contract(one),
  relative_date: (one) => relativeDate(one),
  config_v2: (one) => configV2(one),
};

/** Checks every case of a file; null when its kind is not one of ours. */
export function posthog(path, ask) {
  const file = parseKeepingNumbers(readFileSync(path, 'utf8'));
  if (!Object.hasOwn(KINDS, file.kind)) {
    return null;
  }
  const cases = casesOf(file).map((one) => ({ one, ...readingOf(file.kind, one) }));
  const answers = ask(cases.flatMap(({ questions }) => questions));
  const report = {};
  let next = 0;
  for (const { one, questions, verdict } of cases) {
    const own = answers.slice(next, next + questions.length);
    next += questions.length;
    report[one.id] = misses(verdict, own);
  }
  return report;
}

function readingOf(kind, one) {
  try {
    return KINDS[kind](one);
  } catch (error) {
    return { questions: [], verdict: () => [`it cannot be read: ${error.message}`] };
  }
}

function misses(verdict, answers) {
  const refused = answers.find((answer) => answer?.error !== undefined && answer.refused);
  if (refused !== undefined) {
    return [`refused: ${refused.error}`];
  }
  try {
    return verdict(...answers).filter((miss) => miss !== undefined);
  } catch (error) {
    return [`no verdict: ${error.message}`];
  }
}

/** 1.0 is another text than 1: numbers that JavaScript would write otherwise stay as they were. */
function parseKeepingNumbers(text) {
  return JSON.parse(text, (_, value, { source }) =>
    typeof value === 'number' && String(value) !== source ? JSON.rawJSON(source) : value,
  );
}

function casesOf(file) {
  if (file.kind !== 'assignment_list') {
    return file.cases;
  }
  return file.expected.map((value, i) => {
    const id = `${file.prefix}${file.start + i}`;
    return { id, flag: file.flag, value };
  });
}

function numberOf(value) {
  return JSON.isRawJSON(value) ? Number(value.rawJSON) : value;
}

/** All keys of the definitions are those of the payload. */
function answerOf(definitions, request, { mode = 'complete', now, hashKeys } = {}) {
  const nowMs = now === undefined ? 0 : Date.parse(now);
  return { answer: { definitions, request, mode, now_ms: nowMs, hash_keys: hashKeys ?? null } };
}

function flagNamed(key, filters, more = {}) {
  return { id: 1, key, active: true, filters, ...more };
}

const BUCKETING = {
  hash: (one) => {
    const { prefix, identifier, salt } = one;
    const question = { algorithm: 'posthog_sha1_15', prefix, unit: identifier, suffix: salt };
    const verdict = ({ hash, position }) => [
      different('n', String(hash), one.n),
      different('hash01', position, numberOf(one.hash01)),
    ];
    return { questions: [question], verdict };
  },
  rollout_threshold: (one) => {
    const filters = { groups: [{ properties: [], rollout_percentage: one.rollout_percentage }] };
    const verdict = ({ ruleset }) => {
      const [{ outcome }] = ruleset.flags.f.rules;
      const included = drawn(outcome, one.hash01) !== undefined;
      return [different('included', included, one.included)];
    };
    return { questions: [importOf(flagNamed('f', filters))], verdict };
  },
  variant_select: (one) => {
    const { variants } = one;
    const weighted = variants.map(({ key, rollout_percentage: weight }) => ({
      key,
      weight,
      value: key,
    }));
    const common = { rollout_percentage: 100, on_rollout_miss: 'continue', seed: 's' };
    const rule = { rule_type: 'experiment', experiment_id: 1, variants: weighted, ...common };
    const first = { groups: [{ properties: [] }], multivariate: { variants } };
    const second = { version: 2, return_type: 'string', default_value: null, rules: [rule] };
    const questions = [first, second].map((filters) => importOf(flagNamed('f', filters)));
    const verdict = (v1, v2) => {
      const keys = new Set(variants.map(({ key }) => key));
      const known = (name) => (keys.has(name) ? name : null);
      const [{ outcome }] = v1.ruleset.flags.f.rules;
      const [{ alternatives }] = v2.ruleset.flags.f.rules;
      const selected = drawn(alternatives[0].outcome, one.hash01)?.replace(/^r1\./u, '');
      return [
        different('selected_v1', known(drawn(outcome, one.hash01)), one.selected_v1),
        different('selected_v2', known(selected), one.selected_v2),
      ];
    };
    return { questions, verdict };
  },
};

function importOf(flag) {
  return { import: { definitions: { flags: [flag] } } };
}

/** The variant of the first range that holds a position, as the ruleset's format says. */
function drawn({ variant, distribution }, position) {
  if (distribution === undefined) {
    return variant;
  }
  const { hash, ranges, rest } = distribution;
  const at = numberOf(position);
  const holds = ({ from, to }) => at >= from && (hash.comparison === 'le' ? at <= to : at < to);
  return (ranges.find(holds) ?? (rest === 'last' ? ranges.at(-1) : undefined))?.variant;
}

function assignment({ id, flag, value }) {
  const question = answerOf({ flags: [flag] }, { distinct_id: id });
  const verdict = (answers) => [different('value', answers[flag.key].value, value)];
  return { questions: [question], verdict };
}

function propertyMatch(one) {
  const filters = { groups: [{ properties: [one.property], rollout_percentage: 100 }] };
  const definitions = { flags: [flagNamed('f', filters)] };
  if (one.property_matching_version !== undefined) {
    definitions.property_matching_version = one.property_matching_version;
  }
  const request = { distinct_id: 'u', person_properties: one.properties };
  const questions = ['complete', 'local'].map((mode) =>
    answerOf(definitions, request, { mode, now: one.now }),
  );
  const verdict = (complete, local) => [
    ...conclusion('complete', complete.f, one.expect.complete),
    ...conclusion('partial', local.f, one.expect.partial),
  ];
  return { questions, verdict };
}

function flagEvaluation(one) {
  const { hash_key_overrides: hashKeys, ...request } = one.context;
  const questions = ['complete', 'local'].map((mode) =>
    answerOf(one.definitions, request, { mode, now: one.now, hashKeys }),
  );
  const verdict = (complete, local) => {
    const answer = complete[one.flag];
    const wrong = Object.entries(one.expect).map(([name, expected]) =>
      different(name, answer[name] ?? null, expected),
    );
    if ((answer.flag_error ?? false) !== (one.expect.flag_error ?? false)) {
      wrong.push('it fails, or does not, where the service does otherwise');
    }
    return [...wrong, ...locally(local[one.flag], one.expect_local, one.expect)];
  };
  return { questions, verdict };
}

/**
 * An SDK answers otherwise than the service although it is sure where it lacks what the service does:
 * there, an evaluator may side with either.
 */
function locally(answer, expected, service) {
  const disagrees = 'value' in expected && expected.value !== service.value;
  const sides = disagrees && answer.value === service.value;
  return conclusion('local', answer, sides ? { value: service.value } : expected);
}

/** A value, or the reason why there is none. */
function conclusion(name, answer, expected) {
  if ('value' in expected) {
    return [different(`${name} value`, answer.value, expected.value)];
  }
  return [
    different(`${name} inconclusive`, answer.inconclusive ?? false, true),
    different(`${name} reason`, answer.reason, expected.reason),
  ];
}

function contract(one) {
  const definitions = { flags: one.flags, group_type_mapping: one.group_type_mapping };
  const questions = ['complete', 'local'].map((mode) =>
    answerOf(definitions, one.context, { mode }),
  );
  const verdict = (complete, local) => {
    const wrong = [];
    for (const [key, { local: kind, ...expected }] of Object.entries(one.expected)) {
      for (const [name, value] of Object.entries(expected)) {
        wrong.push(different(`${key} ${name}`, complete[key][name], value));
      }
      // Whoever implements what many local evaluators do not must answer as the service does.
      const inconclusive = kind === 'inconclusive';
      wrong.push(different(`${key} local`, local[key].inconclusive ?? false, inconclusive));
      if (!inconclusive) {
        wrong.push(different(`${key} local value`, local[key].value, expected.value));
      }
    }
    for (const key of one.omitted) {
      const { omitted_from_remote_response: isOmitted } = complete[key] ?? {};
      wrong.push(different(`${key} omitted`, isOmitted ?? true, true));
    }
    return wrong;
  };
  return { questions, verdict };
}

/** The date that the filter means is that of the property, and a moment away from it is not. */
function relativeDate(one) {
  const property = { key: 'd', type: 'person', operator: 'is_date_exact', value: one.expr };
  const filters = { groups: [{ properties: [property], rollout_percentage: 100 }] };
  const { now } = one;
  const beside = (date) => new Date(Date.parse(date) + 1).toISOString();
  const dates = one.result === null ? [now] : [one.result, beside(one.result)];
  const questions = dates.map((d) =>
    answerOf(
      { flags: [flagNamed('f', filters)] },
      { distinct_id: 'u', person_properties: { d } },
      { now },
    ),
  );
  const verdict = (at, other) =>
    one.result === null
      ? [different('is a date', at.f.value, false)]
      : [
          different('the same moment', at.f.value, true),
          different('another moment', other.f.value, false),
        ];
  return { questions, verdict };
}

function configV2(one) {
  const { identifier, properties, properties_complete: isComplete } = one.context;
  const definitions = {
    flags: [flagNamed('f', one.config)],
    property_matching_version: one.context.explicit_exact_matching ? 2 : 1,
    group_type_mapping: one.context.group_type_mapping ?? {},
  };
  const { groups, group_properties: groupProperties } = one.context;
  const request = {
    distinct_id: identifier,
    person_properties: properties ?? {},
    groups: groups ?? {},
    group_properties: groupProperties ?? {},
  };
  const mode = isComplete && properties !== null ? 'complete' : 'local';
  const verdict = ({ f }) =>
    ['value', 'reason', 'rule', 'assigned_variant', 'error'].map((name) =>
      different(name, f[name], one.expect[name]),
    );
  return { questions: [answerOf(definitions, request, { mode, now: one.now })], verdict };
}

function different(name, found, expected) {
  const [is, should] = [found, expected].map((value) => JSON.stringify(ordered(value)));
  return is === should ? undefined : `${name} is ${is}, not ${should}`;
}

/** Fields of objects have no order. */
function ordered(value) {
  if (value === null || typeof value !== 'object' || JSON.isRawJSON(value)) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(ordered);
  }
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, inner]) => [name, ordered(inner)]));
}
