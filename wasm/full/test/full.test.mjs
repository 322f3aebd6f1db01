// The exports of wasm/full, as Node tools and the console use them. Run after `cargo xtask build`:
// node --test wasm/full/test/
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as full from '../../../npm/wasm/full.js';

full.initSync({
  module: readFileSync(new URL('../../../npm/wasm/full_bg.wasm', import.meta.url)),
});

const ruleset = (when, ranges = [{ variant: 'on', from: 0, to: 10_000 }]) => ({
  schema: 1,
  environment: 'env_test',
  flags: {
    flag: {
      type: 'boolean',
      variants: { on: true, off: false },
      rules: [{ id: 'r1', when, outcome: { distribution: { ranges } } }],
      fallthrough: { variant: 'off' },
    },
  },
});
const nordic = { attribute: 'country', op: 'in', value: ['SE', 'NO'] };
const swede = { units: { user: 'user-42' }, attributes: { country: 'SE' } };

test('check gives problems, for objects and for text', () => {
  assert.deepEqual(full.check(ruleset(nordic)), []);
  const [problem] = full.check(JSON.stringify(ruleset({ ...nordic, op: 'inn' })));
  assert.equal(problem.code, 'unknown-operator');
  assert.equal(problem.path, '/flags/flag/rules/0/when/op');
  assert.equal(full.check('{')[0].code, 'syntax');
});

test('compile, decide, explain', () => {
  const { plan, names, hash, warnings } = full.compile(ruleset(nordic), 'public');
  assert.deepEqual(warnings, []);
  assert.equal(JSON.parse(new TextDecoder().decode(names)).plan, hash);
  const details = full.decide(plan, swede, 'flag', 0, 'client');
  assert.deepEqual(details, {
    value: true,
    variant: 'on',
    reason: 'SPLIT',
    rule: 'r1',
    exposure: true,
  });
  assert.deepEqual(full.decideAll(plan, swede, 0, 'client'), { flag: details });
  const explanation = full.explain(plan, names, swede, 'flag', 0, 'client');
  assert.equal(explanation.sentences[2], '`country` is SE, which is one of NO, SE: yes');
  assert.equal(full.explain(plan, null, swede, 'gone', 0, 'client').rules.length, 0);
});

test('what is refused throws an error that says why', () => {
  assert.throws(
    () => full.compile(ruleset({ segment: 'gone' }), 'public'),
    (error) => error instanceof Error && error.problems[0].code === 'unknown-segment',
  );
  assert.throws(() => full.compile(ruleset(nordic), 'everyone'), /audience/);
  assert.throws(() => full.decide(new Uint8Array(9), swede, 'flag', 0, 'client'), /plan/);
  assert.throws(() => full.hash({ algorithm: 'none', unit: 'u' }), /no algorithm/);
});

test('simulate counts before and after', () => {
  const contexts = Array.from({ length: 200 }, (_, i) => ({
    units: { user: `user-${i}` },
    attributes: { country: 'SE' },
  }));
  const half = ruleset(nordic, [{ variant: 'on', from: 0, to: 5_000 }]);
  const { flag } = full.simulate(half, ruleset(nordic), contexts, 0).flags;
  assert.equal(flag.before.on + flag.before.off, 200);
  assert.deepEqual(flag.after, { on: 200 });
  assert.equal(flag.moved.length, flag.before.off);
});

// A pattern that the compiler calls portable goes into plans in a spelling that JavaScript reads as Rust does.
test('portable patterns mean the same to JavaScript and to Rust', () => {
  const cases = JSON.parse(
    readFileSync(new URL('../../../ruleset/tests/it/operators.json', import.meta.url), 'utf8'),
  ).filter((one) => one.when.op === 'matches');
  const more = ['[^-]', '[-a]+', '\\x41\\u{1F600}', '😀+', '[😀-😂]', 'a{0,3}b', '(?P<n>x|y)z'];
  more.push(
    '\\A\\w+\\z',
    '[\\d-]x',
    '\\t\\n',
    '[\\]\\[]',
    '\\#',
    '@%&~`=!:,<>',
    '^$',
    'a|',
    '(|a)b',
  );
  const texts = [
    '',
    'a',
    'ab',
    '-',
    'A😀',
    '😀😀',
    '😁',
    'aab',
    'xz',
    'a_1',
    'é',
    '5x',
    '-x',
    '\t\n',
  ];
  texts.push(']', '#', '@%&~`=!:,<>', 'b', 'a\nb', '\u2028');
  const patterns = cases.map((one) => [one.when.value, [...one.holds, ...one.fails, ...texts]]);
  for (const [pattern, values] of [...patterns, ...more.map((one) => [one, texts])]) {
    const when = { attribute: 'v', op: 'matches', value: pattern };
    assert.deepEqual(full.check(ruleset(when)), [], pattern);
    const { plan } = full.compile(ruleset(when), 'public');
    for (const value of values.filter((one) => typeof one === 'string')) {
      const context = { units: { user: 'u' }, attributes: { v: value } };
      const { details, rules } = full.explain(plan, null, context, 'flag', 0, 'client');
      const spelling = rules[0].condition.text.split('the pattern ')[1];
      const holds = new RegExp(spelling, 'u').test(value);
      assert.equal(
        details.variant,
        holds ? 'on' : 'off',
        `${pattern} for ${JSON.stringify(value)}`,
      );
    }
  }
});
