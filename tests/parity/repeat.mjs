// Repeats native decisions through one build of the evaluator; runs in Node and in a page.

/** The core's reasons, in its order, by the words that the native side prints for them. */
const REASONS = [
  'STATIC',
  'DEFAULT',
  'TARGETING_MATCH',
  'SPLIT',
  'disabled',
  'killed',
  'prerequisite',
  'holdout',
  'out-of-rollout',
  'fallthrough',
  'unknown',
  'missing-unit',
  'invalid-context',
  'error',
];

/** How many decisions were repeated, and the first that differ. */
export function repeat(createEngine, instantiate, cases) {
  const report = { decisions: 0, differences: [] };
  for (const { place, now, plan, contexts } of cases) {
    const engine = createEngine(instantiate, new Uint8Array(plan), place);
    for (const { context, decisions } of contexts) {
      engine.setContext(context, now);
      const all = Uint32Array.from(engine.decideAll());
      for (const key of engine.keys()) {
        report.decisions += 1;
        const flag = engine.index(key);
        const found = described(engine, flag, engine.decide(flag));
        const expected = expectedOf(decisions[key]);
        const alone = all[flag] === engine.decide(flag);
        if (found !== expected || !alone) {
          report.differences.push({ place, key, context, expected, found, alone });
        }
      }
      report.decisions += missing(engine, decisions, report.differences);
    }
  }
  return report;
}

/** A flag that only the native side knows is a difference too. */
function missing(engine, decisions, differences) {
  const unknown = Object.keys(decisions).filter((key) => engine.index(key) < 0);
  differences.push(...unknown.map((key) => ({ key, expected: 'a flag', found: 'no flag' })));
  return unknown.length;
}

function described(engine, flag, decision) {
  return canonical({
    value: engine.value(flag, decision),
    variant: engine.variant(flag, decision),
    reason: REASONS[(decision >>> 10) & 31],
    rule: engine.ruleId(flag, decision),
    exposure: ((decision >>> 30) & 1) === 1,
  });
}

function expectedOf({ value, variant, reason, detail, rule, exposure }) {
  return canonical({ value, variant, reason: detail ?? reason, rule, exposure });
}

/** Text that is equal exactly when the values are; fields of objects have no order. */
function canonical(value) {
  return JSON.stringify(value, (_, part) => {
    const isObject = typeof part === 'object' && part !== null && !Array.isArray(part);
    return isObject ? Object.fromEntries(Object.entries(part).sort()) : part;
  });
}
