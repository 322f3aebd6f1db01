import type { FlagValue } from '../types.ts';
import {
  END,
  FIRST_SPECIAL_OUTCOME,
  FLAG,
  KILLED,
  NO_RULE,
  NULL_OUTCOME,
  OUTCOME,
  RULE,
  RULE_SHIFT,
  SET,
  SLOT,
  STRING,
  TEXT,
  VARIANT,
} from './plan-layout.ts';
import { decode, type EngineExports } from './wasm.ts';

/** The tables of a loaded plan, as `docs/plan-format.md` describes them. */
export interface PlanReader {
  readonly keys: readonly string[];
  /** The paths to the places of the context that the plan reads. */
  readonly slots: readonly (readonly string[])[];
  value(flag: number, decision: number): FlagValue | undefined;
  variant(flag: number, decision: number): string | undefined;
  ruleId(flag: number, decision: number): string | undefined;
  /** Sets or clears the killed bit of a flag, in the core's memory. */
  setKilled(flag: number, isKilled: boolean): void;
  /** Whether the last known answer holds while the flag's decision is unknown. */
  holdsLastKnown(flag: number): boolean;
}

/** How many words the rows of each table have. */
const WIDTHS = [0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 2, 2, 10, 4];
/** The number of `last-known` among what a flag does when its decision is unknown. */
const LAST_KNOWN = 1;

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

/**
 * Reads the tables of `plan`, which the core has checked; they are copied, because memory that grows moves. Texts are
 * read where the plan came from.
 */
export const createPlanReader = (wasm: EngineExports, plan: Uint8Array): PlanReader => {
  const { buffer } = wasm.memory;
  const places = new Uint32Array(buffer, wasm.at(0), 32).slice();
  const words = new Uint32Array(buffer, wasm.at(1), places[2 * END]).slice();
  const rows = (table: number) => places[2 * table + 1] as number;
  const word = (table: number, row: number, column = 0) =>
    words[(places[2 * table] as number) + (WIDTHS[table] as number) * row + column] as number;

  const text = (row: number): string => decode(plan.subarray(word(TEXT, row), word(TEXT, row + 1)));

  const list = <Item>(table: number, read: (row: number) => Item): Item[] =>
    Array.from({ length: rows(table) }, (_, row) => read(row));
  const values: (FlagValue | undefined)[] = [];

  const parse = (flag: number, row: number): FlagValue | undefined => {
    const value = text((word(VARIANT, row, 1) || word(VARIANT, row) + 1) - 1);
    if (word(SET, word(FLAG, flag, 8)) === STRING) return value;
    try {
      return JSON.parse(value);
    } catch {
      return undefined;
    }
  };
  const variantRow = (flag: number, decision: number) =>
    word(SET, word(FLAG, flag, 8), 1) + (decision & OUTCOME);
  const hasVariant = (decision: number) => (decision & OUTCOME) < FIRST_SPECIAL_OUTCOME;

  return {
    keys: list(FLAG, text),
    slots: list(SLOT, (slot) => {
      const group = word(SLOT, slot, 2);
      return [
        PARTS[word(SLOT, slot) & 3] as string,
        ...(group ? [text(group - 1)] : []),
        ...stepsOf(text(word(SLOT, slot, 1))),
      ];
    }),
    value(flag, decision) {
      if (!hasVariant(decision)) return (decision & OUTCOME) === NULL_OUTCOME ? null : undefined;
      const row = variantRow(flag, decision);
      values[row] ??= parse(flag, row);
      return values[row];
    },
    variant: (flag, decision) =>
      hasVariant(decision) ? text(word(VARIANT, variantRow(flag, decision))) : undefined,
    ruleId(flag, decision) {
      const rule = (decision >>> RULE_SHIFT) & NO_RULE;
      if (rule === NO_RULE) return undefined;
      const id = word(RULE, word(FLAG, flag, 6) + rule, 3);
      // Most ids are `r` and a number, and most of those follow from the place of the rule.
      return id && !(id & 1) ? text((id >>> 1) - 1) : `r${id ? id >>> 1 : rule + 1}`;
    },
    setKilled(flag, isKilled) {
      if (flag < 0) return;
      const at = wasm.at(1) + 4 * ((places[2 * FLAG] as number) + (WIDTHS[FLAG] as number) * flag);
      const memory = new Uint8Array(wasm.memory.buffer);
      memory[at] = ((memory[at] as number) & ~KILLED) | (isKilled ? KILLED : 0);
    },
    holdsLastKnown: (flag) => ((word(FLAG, flag) >> 2) & 3) === LAST_KNOWN,
  };
};
