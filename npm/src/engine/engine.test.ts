import { compile, decide, initSync } from 'pennon:full';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../entry/engine.ts';
import { FlagError } from '../errors.ts';
import { readArtefact } from '../test/artefact.ts';
import type { Context, Json } from '../types.ts';
import type { Engine } from './engine.ts';

const NOW = Date.parse('2026-11-25T09:00:00Z');
const module = new WebAssembly.Module(readArtefact('eval.wasm'));
const instantiate = (imports: WebAssembly.Imports) =>
  new WebAssembly.Instance(module, imports).exports;
initSync({ module: readArtefact('full_bg.wasm') });

/** The plan of boolean flags that are on when their condition holds. */
const planOf = (conditions: Record<string, Json>, attributes: Json = {}): Uint8Array => {
  const flags = Object.fromEntries(
    Object.entries(conditions).map(([key, when]) => [
      key,
      {
        type: 'boolean',
        variants: { on: true, off: false },
        enabled: true,
        off: 'off',
        unit: 'user',
        rules: [{ id: 'r1', when, outcome: { variant: 'on' } }],
        fallthrough: { variant: 'off' },
      },
    ]),
  );
  return new Uint8Array(
    compile({ schema: 1, environment: 'env_test', attributes, flags }, 'public').plan,
  );
};

const isOn = (engine: Engine, key: string): unknown => {
  const flag = engine.index(key);
  return engine.value(flag, engine.decide(flag));
};

/** Whether one condition holds in each context; undefined where that is not known. */
const check = (when: Json, cases: readonly (readonly [unknown, boolean | undefined])[]): void => {
  const engine = createEngine(instantiate, planOf({ flag: when }));
  for (const [at, [context, expected]] of cases.entries()) {
    engine.setContext(context as Context, NOW);
    expect(isOn(engine, 'flag'), `case ${at}`).toBe(expected);
  }
};

const attributes = (x: unknown): unknown => ({ attributes: { x } });

describe('flags', () => {
  // The last two ascend one way as bytes and the other way as JavaScript compares them.
  for (const keys of [
    ['a', 'b', 'checkout', 'checkout-2', 'z'],
    ['a', 'größe', 'z', '\uff01', '😀'],
  ])
    it(`are found by their keys: ${keys}`, () => {
      const exists = { attribute: 'x', op: 'exists' };
      const engine = createEngine(
        instantiate,
        planOf(Object.fromEntries(keys.map((key) => [key, exists]))),
      );
      expect(engine.keys()).toEqual(keys);
      for (const round of [1, 2])
        expect(keys.map(engine.index), `round ${round}`).toEqual([0, 1, 2, 3, 4]);
      for (const other of ['', 'A', 'check', 'zz', '😀😀', '\uff02'])
        expect(engine.index(other)).toBe(-1);
    });
});

describe('plans', () => {
  const plan = planOf({ flag: { attribute: 'x', op: 'exists' } });

  it.each([
    ['nothing', new Uint8Array()],
    ['a page', new TextEncoder().encode('<!doctype html>')],
    ['a plan that ends early', plan.subarray(0, plan.length - 1)],
    ['a plan of a later version', Uint8Array.from(plan, (byte, at) => (at === 3 ? 99 : byte))],
  ])('refuses %s', (_, bytes) => {
    expect(() => createEngine(instantiate, bytes)).toThrow(FlagError);
    expect(() => createEngine(instantiate, bytes)).toThrow(
      expect.objectContaining({ code: 'PARSE_ERROR' }),
    );
  });

  it('lets the plan before it stay usable', () => {
    const before = createEngine(instantiate, plan);
    const after = createEngine(instantiate, planOf({ other: { attribute: 'y', op: 'exists' } }));
    before.setContext({ attributes: { x: 1 } }, NOW);
    after.setContext({}, NOW);
    expect(isOn(before, 'flag')).toBe(true);
    expect(isOn(after, 'other')).toBe(false);
    expect(after.index('flag')).toBe(-1);
  });

  it('may have no flags', () => {
    const engine = createEngine(instantiate, planOf({}));
    engine.setContext({ attributes: { x: 1 } }, NOW);
    expect(engine.keys()).toEqual([]);
    expect(engine.index('flag')).toBe(-1);
  });

  it('reads texts that are not ASCII', () => {
    const engine = createEngine(
      instantiate,
      planOf({ flag: { attribute: 'stad', op: 'in', value: ['Malmö', '東京', '\ufeffbom'] } }),
    );
    for (const [stad, expected] of [
      ['Malmö', true],
      ['東京', true],
      ['\ufeffbom', true],
      ['bom', false],
    ] as const) {
      engine.setContext({ attributes: { stad } }, NOW);
      expect(isOn(engine, 'flag'), stad).toBe(expected);
      expect(engine.variant(0, engine.decide(0))).toBe(expected ? 'on' : 'off');
      expect(engine.ruleId(0, engine.decide(0))).toBe(expected ? 'r1' : undefined);
    }
  });

  it('decides one flag and all flags alike', () => {
    const conditions = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [
        `flag-${i}`,
        { attribute: 'n', op: 'lt', value: i } as Json,
      ]),
    );
    const engine = createEngine(instantiate, planOf(conditions));
    for (const n of [0, 150, 1000]) {
      engine.setContext({ attributes: { n } }, NOW);
      const all = [...engine.decideAll()];
      expect(all).toEqual(engine.keys().map((_, flag) => engine.decide(flag)));
      expect(all.filter((_, flag) => engine.value(flag, all[flag] ?? 0))).toHaveLength(
        Math.max(0, 299 - n),
      );
    }
  });
});

describe('contexts', () => {
  it('takes values of every type', () => {
    check({ attribute: 'x', op: 'exists' }, [
      [attributes(undefined), false],
      [attributes(null), false],
      [attributes(0), true],
      [attributes(''), true],
      [attributes(false), true],
      [attributes([]), true],
      [attributes({}), true],
      [attributes(() => 1), true],
      [attributes(Symbol('s')), true],
      [attributes(10n), true],
      [attributes(Number.NaN), true],
    ]);
    check({ attribute: 'x', op: 'gt', value: 1 }, [
      [attributes(2), true],
      [attributes('2'), false],
      [attributes(Number.NaN), false],
      [attributes(Number.POSITIVE_INFINITY), false],
      [attributes([1, 2]), true],
      [attributes([[2]]), false],
    ]);
  });

  it('survives contexts that are none', () => {
    check({ attribute: 'x', op: 'exists' }, [
      [undefined, false],
      [null, false],
      [7, false],
      ['text', false],
      [{ attributes: 7 }, false],
      [{ attributes: null, units: null, groups: 3 }, false],
      [
        {
          get attributes() {
            throw new Error('a getter');
          },
        },
        true,
      ],
    ]);
  });

  it('reads own properties only', () => {
    check({ attribute: 'constructor', op: 'exists' }, [
      [{ attributes: {} }, false],
      [{ attributes: { constructor: 'mine' } }, true],
    ]);
  });

  it('takes large texts, many attributes and long arrays, and small ones afterwards', () => {
    const long = `${'å'.repeat(500_000)}end`;
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`a${i}`, i]));
    check({ attribute: 'x', op: 'ends_with', value: 'end' }, [
      [{ attributes: { ...many, x: long } }, true],
      [attributes('the end'), true],
      [attributes(Array.from({ length: 20_000 }, (_, i) => (i === 19_999 ? long : 'no'))), true],
      [attributes('no'), false],
    ]);
  });

  it('writes lone surrogates as the replacement character', () => {
    check({ attribute: 'x', op: 'eq', value: '\ufffd' }, [
      [attributes('\ud800'), true],
      [attributes('\udc00'), true],
      [attributes('x'), false],
    ]);
  });

  it('folds case as JavaScript does', () => {
    check({ attribute: 'x', op: 'eq', value: 'ÅLAND', ci: true }, [
      [attributes('åland'), true],
      [attributes('Åland'), true],
      [attributes('aland'), false],
    ]);
  });

  it('matches patterns with the host', () => {
    check({ attribute: 'x', op: 'matches', value: '^a+[0-9]{2}$' }, [
      [attributes('aa12'), true],
      [attributes('aa1'), false],
      [attributes(`${'a'.repeat(1022)}12`), true],
      [attributes(`${'a'.repeat(1023)}12`), undefined],
      [attributes(12), false],
    ]);
  });

  it('knows the time it is given', () => {
    check({ attribute: 'x', op: 'before', value: '2026-11-25T09:00:00Z' }, [
      [attributes('2026-11-25T09:59:59+01:00'), true],
      [attributes(NOW), false],
    ]);
  });

  /** The core's own answers, which the host's must not differ from. */
  const expected = (when: Json, x: string): unknown =>
    decide(planOf({ flag: when }), attributes(x), 'flag', NOW, 'client').value;

  it('compares versions as the core does elsewhere', () => {
    const versions = [
      ...[
        '1.0.0-alpha',
        '1.0.0-alpha.1',
        '1.0.0-alpha-1',
        '1.0.0-rc.2',
        '1.0.0-rc.10',
        '1.0.0-rc.10.0',
      ],
      ...[
        '1.0.0-rc.10+build.01',
        '1.0.0-RC',
        '1.0.0-9',
        '1.0.0-99999999999999999999',
        '1.0.0-0a',
        '1.0.0--',
      ],
      ...[
        '1.0.0',
        '1.0.0+-',
        '1.0.1',
        '1.10.0',
        '2.0.0',
        '10.0.0',
        '1.0',
        'v1.0.0',
        '1.0.0-',
        '1.0.0+',
      ],
      ...[
        '01.0.0',
        '1.0.0-01',
        '1.0.0-a..b',
        '1.0.0-ä',
        '1.0.0.0',
        '',
        '1.0.0-\u212a',
        ' 1.0.0',
        '1.0.0\n',
      ],
    ];
    for (const op of ['semver_lt', 'semver_le', 'semver_eq'])
      for (const value of ['1.0.0-rc.10', '1.0.0', '1.0.0-99999999999999999999']) {
        const when = { attribute: 'x', op, value };
        check(
          when,
          versions.map((version) => [attributes(version), expected(when, version) as boolean]),
        );
      }
  });

  it('reads dates as the core does elsewhere', () => {
    const dates = [
      ...['1970-01-01T00:00:00Z', '1970-01-01t01:00:00.0009999+01:00', '1969-12-31T23:30:00-00:30'],
      ...[
        '1970-01-01T00:00:00.001Z',
        '1970-01-01T00:00:00.57Z',
        '1969-12-31T23:59:60Z',
        '0000-02-29T12:00:00Z',
      ],
      ...[
        '9999-12-31T23:59:60.9999Z',
        '2024-02-29T00:00:00Z',
        '2026-02-29T00:00:00Z',
        '2026-04-31T00:00:00Z',
      ],
      ...[
        '2026-13-01T00:00:00Z',
        '2026-00-10T00:00:00Z',
        '2026-01-00T00:00:00Z',
        '2026-01-01T24:00:00Z',
      ],
      ...[
        '2026-01-01T00:60:00Z',
        '2026-01-01T00:00:61Z',
        '2026-01-01T00:00:00+24:00',
        '2026-01-01',
        '',
      ],
      ...[
        '2026-01-01T00:00:00',
        '2026-01-01T00:00:00.Z',
        '2026-01-01T00:00Z',
        '2026-01-01T00:00:00Z ',
        '12',
      ],
    ];
    for (const op of ['before', 'after'])
      for (const value of [
        '1970-01-01T00:00:00.001Z',
        '0000-02-29T12:00:00.001Z',
        '9999-12-31T23:59:59Z',
      ]) {
        const when = { attribute: 'x', op, value };
        check(
          when,
          dates.map((date) => [attributes(date), expected(when, date) as boolean]),
        );
      }
  });

  it('does not see later changes', () => {
    const engine = createEngine(instantiate, planOf({ flag: { attribute: 'x', op: 'exists' } }));
    const context = { attributes: { x: 1 } as Record<string, number> };
    engine.setContext(context, NOW);
    delete context.attributes.x;
    expect(isOn(engine, 'flag')).toBe(true);
    engine.setContext(context, NOW);
    expect(isOn(engine, 'flag')).toBe(false);
  });

  it('leaves open what only a later place knows', () => {
    const plan = planOf(
      { flag: { attribute: 'x', op: 'exists' } },
      { x: { type: 'string', known_at: 'server' } },
    );
    for (const [place, expected] of [
      ['client', undefined],
      ['server', false],
    ] as const) {
      const engine = createEngine(instantiate, plan, place);
      engine.setContext({}, NOW);
      expect(isOn(engine, 'flag'), place).toBe(expected);
      expect(engine.holdsLastKnown(0)).toBe(false);
    }
  });
});

describe('units', () => {
  const plan = new Uint8Array(
    compile(
      {
        schema: 1,
        environment: 'env_test',
        attributes: {},
        flags: {
          rollout: {
            type: 'string',
            variants: { a: 'A', b: 'B' },
            enabled: true,
            off: 'a',
            unit: 'user',
            fallthrough: {
              distribution: {
                ranges: [
                  { variant: 'a', from: 0, to: 5000 },
                  { variant: 'b', from: 5000, to: 10_000 },
                ],
              },
            },
          },
        },
      },
      'public',
    ).plan,
  );
  const reason = (decision: number) => (decision >>> 10) & 31;

  it('are text, or integers as text', () => {
    const engine = createEngine(instantiate, plan);
    const decide = (user: unknown) => {
      engine.setContext({ units: { user } } as Context, NOW);
      return engine.decide(0);
    };
    expect(decide(42)).toBe(decide('42'));
    expect(reason(decide('42'))).toBe(9);
    for (const missing of [undefined, null]) expect(reason(decide(missing))).toBe(11);
    for (const wrong of [1.5, Number.NaN, true, {}, ['u'], 2 ** 60]) {
      expect(reason(decide(wrong)), String(wrong)).toBe(12);
      expect(engine.value(0, decide(wrong))).toBeUndefined();
    }
  });
});
