import type { FlagValue, OnUnknown } from '../types.ts';
import {
  END,
  FIRST_SPECIAL_OUTCOME,
  FLAG,
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

/** A place of the context that the plan reads. */
export interface Slot {
  /** 0 `units`, 1 `attributes`, 2 `groups`. */
  readonly source: number;
  readonly name: string;
  /** The group type of source 2. */
  readonly group: string;
}

/** The tables of a loaded plan, as `docs/plan-format.md` describes them. */
export interface PlanReader {
  readonly keys: readonly string[];
  readonly slots: readonly Slot[];
  value(flag: number, decision: number): FlagValue | undefined;
  variant(flag: number, decision: number): string | undefined;
  ruleId(flag: number, decision: number): string | undefined;
  onUnknown(flag: number): OnUnknown;
}

/** How many words the rows of each table have. */
const WIDTHS = [0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 2, 2, 10, 4];
const ON_UNKNOWN: readonly OnUnknown[] = ['code-default', 'last-known', 'off'];

/** Reads the tables of a plan that the core has checked; they are copied, because memory that grows moves. */
export const createPlanReader = (wasm: EngineExports): PlanReader => {
  const { buffer } = wasm.memory;
  const places = new Uint32Array(buffer, wasm.at(0), 32).slice();
  const words = new Uint32Array(buffer, wasm.at(1), places[2 * END]).slice();
  const rows = (table: number) => places[2 * table + 1] as number;
  const word = (table: number, row: number, column = 0) =>
    words[(places[2 * table] as number) + (WIDTHS[table] as number) * row + column] as number;

  const firstByte = word(TEXT, 0);
  const bytes = new Uint8Array(buffer, wasm.at(2) + firstByte, rows(0)).slice();
  const all = decode(bytes);
  // One character a byte where every text is ASCII, as in most plans.
  const isAscii = all.length === bytes.length;
  const text = (row: number): string => {
    const start = word(TEXT, row) - firstByte;
    const end = word(TEXT, row + 1) - firstByte;
    return isAscii ? all.slice(start, end) : decode(bytes.subarray(start, end));
  };

  const list = <Item>(table: number, read: (row: number) => Item): Item[] =>
    Array.from({ length: rows(table) }, (_, row) => read(row));
  const values = new Array<FlagValue | undefined>(rows(VARIANT));

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
      return {
        source: word(SLOT, slot) & 3,
        name: text(word(SLOT, slot, 1)),
        group: group ? text(group - 1) : '',
      };
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
    onUnknown: (flag) => ON_UNKNOWN[(word(FLAG, flag) >> 2) & 3] as OnUnknown,
  };
};
