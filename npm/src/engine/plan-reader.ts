import type { FlagValue } from '../types.ts';
import {
  FIRST_SPECIAL_OUTCOME,
  FLAG_BITS,
  FLAG_COUNT,
  FLAG_RULES,
  FLAG_SET,
  LAST_KNOWN,
  NO_RULE,
  NULL_OUTCOME,
  ON_UNKNOWN_MASK,
  ON_UNKNOWN_SHIFT,
  OUTCOME,
  RULE_ID,
  RULE_SHIFT,
  SET_KIND,
  SET_VARIANTS,
  SLOT_COUNT,
  SLOT_GROUP,
  SLOT_HEAD,
  SLOT_NAME,
  STRING,
  TEXT_START,
  VARIANT_NAME,
  VARIANT_VALUE,
} from './plan-layout.ts';
import { decode, type EngineExports } from './wasm.ts';

/** The tables of a loaded plan, as `docs/plan-format.md` describes them. */
export interface PlanReader {
  /** The keys of the flags, in the order of their indexes. */
  keys(): string[];
  /** The index of a flag; -1 when the plan has no such flag. */
  index(key: string): number;
  /** The paths to the places of the context that the plan reads. */
  readonly slots: readonly (readonly string[])[];
  value(flag: number, decision: number): FlagValue | undefined;
  variant(flag: number, decision: number): string | undefined;
  ruleId(flag: number, decision: number): string | undefined;
  /** Whether the last known answer holds while the flag's decision is unknown. */
  holdsLastKnown(flag: number): boolean;
}

/** The parts of a context, by the source of a slot. */
const PARTS = ['units', 'attributes', 'groups'];

/** A name that begins with `/` is a JSON pointer. */
const stepsOf = (name: string): readonly string[] =>
  name.startsWith('/')
    ? name
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    : [name];

/** Reads the tables of `plan`, which the core has checked and keeps; texts are read where the plan came from. */
export const createPlanReader = (wasm: EngineExports, plan: Uint8Array): PlanReader => {
  const values: (FlagValue | undefined)[] = [];

  const start = (row: number) => wasm.word(TEXT_START, row);
  /** The text in a row, or in all rows until `end`. */
  const text = (row: number, end = row + 1): string =>
    decode(plan.subarray(start(row), start(end)));
  /** Where the variants of each flag begin: asking the core takes longer than a decision does. */
  const variants: number[] = [];
  const variantRow = (flag: number, decision: number) => {
    variants[flag] ??= wasm.word(SET_VARIANTS, wasm.word(FLAG_SET, flag));
    return variants[flag] + (decision & OUTCOME);
  };
  const hasVariant = (decision: number) => (decision & OUTCOME) < FIRST_SPECIAL_OUTCOME;
  const parse = (flag: number, row: number): FlagValue | undefined => {
    const value = text((wasm.word(VARIANT_VALUE, row) || wasm.word(VARIANT_NAME, row) + 1) - 1);
    if (wasm.word(SET_KIND, wasm.word(FLAG_SET, flag)) === STRING) return value;
    try {
      return JSON.parse(value);
    } catch {
      return undefined;
    }
  };

  // The keys are the first texts, and ascend: a key is searched when it is first asked for, since most pages use few
  // flags. Where a byte is no character, texts and bytes need not ascend alike.
  const flags = wasm.at(FLAG_COUNT);
  const isAscii = text(0, flags).length === start(flags) - start(0);
  const keys = (): string[] => Array.from({ length: flags }, (_, flag) => text(flag));
  /** Those that were found, or all. */
  const indexes = new Map<string, number>(isAscii ? [] : keys().map((key, flag) => [key, flag]));

  return {
    keys,
    index(key) {
      const known = indexes.get(key);
      if (known !== undefined || !isAscii) return known ?? -1;
      let low = 0;
      for (let high = flags; low < high; ) {
        const middle = (low + high) >> 1;
        if (text(middle) < key) low = middle + 1;
        else high = middle;
      }
      if (low === flags || text(low) !== key) return -1;
      indexes.set(key, low);
      return low;
    },
    slots: Array.from({ length: wasm.at(SLOT_COUNT) }, (_, slot) => {
      const group = wasm.word(SLOT_GROUP, slot);
      return [
        PARTS[wasm.word(SLOT_HEAD, slot) & 3] as string,
        ...(group ? [text(group - 1)] : []),
        ...stepsOf(text(wasm.word(SLOT_NAME, slot))),
      ];
    }),
    value(flag, decision) {
      if (!hasVariant(decision)) return (decision & OUTCOME) === NULL_OUTCOME ? null : undefined;
      const row = variantRow(flag, decision);
      values[row] ??= parse(flag, row);
      return values[row];
    },
    variant: (flag, decision) =>
      hasVariant(decision) ? text(wasm.word(VARIANT_NAME, variantRow(flag, decision))) : undefined,
    ruleId(flag, decision) {
      const rule = (decision >>> RULE_SHIFT) & NO_RULE;
      if (rule === NO_RULE) return undefined;
      const id = wasm.word(RULE_ID, wasm.word(FLAG_RULES, flag) + rule);
      // Most ids are `r` and a number, and most of those follow from the place of the rule.
      return id && !(id & 1) ? text((id >>> 1) - 1) : `r${id ? id >>> 1 : rule + 1}`;
    },
    holdsLastKnown: (flag) =>
      ((wasm.word(FLAG_BITS, flag) >> ON_UNKNOWN_SHIFT) & ON_UNKNOWN_MASK) === LAST_KNOWN,
  };
};
