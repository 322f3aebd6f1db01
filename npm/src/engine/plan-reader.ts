import type { FlagKind, FlagValue, OnUnknown } from '../types.ts';
import { decoder, type EngineExports } from './wasm.ts';

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
  readonly indexes: ReadonlyMap<string, number>;
  readonly slots: readonly Slot[];
  value(flag: number, decision: number): FlagValue | undefined;
  variant(flag: number, decision: number): string | undefined;
  ruleId(flag: number, decision: number): string | undefined;
  kind(flag: number): FlagKind;
  onUnknown(flag: number): OnUnknown;
}

// Numbers of tables, and how many words their rows have.
const TEXT = 1;
const SLOT = 5;
const SLOT_WORDS = 3;
const VARIANT = 10;
const VARIANT_WORDS = 2;
const SET = 11;
const SET_WORDS = 2;
const FLAG = 12;
const FLAG_WORDS = 10;
const RULE = 13;
const RULE_WORDS = 4;

const OUTCOME = 1023;
const FIRST_SPECIAL_OUTCOME = 1020;
const NULL_OUTCOME = 1021;
const NO_RULE = 0x7fff;

const KINDS: readonly FlagKind[] = ['boolean', 'string', 'number', 'object'];
const ON_UNKNOWN: readonly OnUnknown[] = ['code-default', 'last-known', 'off'];

/** Reads the tables of a plan that the core has checked. */
export function createPlanReader(wasm: EngineExports): PlanReader {
  const places = new Uint32Array(wasm.memory.buffer, wasm.at(0), 32).slice();
  const base = (table: number) => places[2 * table] as number;
  const rows = (table: number) => places[2 * table + 1] as number;
  const [texts, slots, variants, sets, flags, rules] = [TEXT, SLOT, VARIANT, SET, FLAG, RULE].map(
    base,
  ) as [number, number, number, number, number, number];

  let words = new Uint32Array(0);
  const word = (index: number): number => {
    // Memory that has grown leaves its old views empty; tables stay where they are.
    if (!words.length) words = new Uint32Array(wasm.memory.buffer, wasm.at(1), base(15));
    return words[index] as number;
  };

  const firstByte = word(texts);
  const bytes = (start: number, end: number) =>
    decoder.decode(new Uint8Array(wasm.memory.buffer, wasm.at(2) + start, end - start));
  const all = bytes(firstByte, firstByte + rows(0));
  // One character a byte where every text is ASCII, as in most plans.
  const isAscii = all.length === rows(0);
  const text = (row: number): string => {
    const start = word(texts + row);
    const end = word(texts + row + 1);
    return isAscii ? all.slice(start - firstByte, end - firstByte) : bytes(start, end);
  };

  const keys = Array.from({ length: rows(FLAG) }, (_, flag) => text(flag));
  const set = (flag: number) => sets + SET_WORDS * word(flags + FLAG_WORDS * flag + 8);
  const kind = (flag: number) => KINDS[word(set(flag))] as FlagKind;
  const variantRow = (flag: number, decision: number) =>
    variants + VARIANT_WORDS * (word(set(flag) + 1) + (decision & OUTCOME));
  const values: (FlagValue | undefined)[] = [];

  const parse = (flag: number, row: number): FlagValue | undefined => {
    const value = text((word(row + 1) || word(row) + 1) - 1);
    if (kind(flag) === 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      return undefined;
    }
  };

  return {
    keys,
    indexes: new Map(keys.map((key, flag) => [key, flag])),
    slots: Array.from({ length: rows(SLOT) }, (_, slot) => {
      const row = slots + SLOT_WORDS * slot;
      const group = word(row + 2);
      return {
        source: word(row) & 3,
        name: text(word(row + 1)),
        group: group ? text(group - 1) : '',
      };
    }),
    kind,
    value(flag, decision) {
      const outcome = decision & OUTCOME;
      if (outcome >= FIRST_SPECIAL_OUTCOME) return outcome === NULL_OUTCOME ? null : undefined;
      const row = variantRow(flag, decision);
      if (values[row] === undefined) values[row] = parse(flag, row);
      return values[row];
    },
    variant: (flag, decision) =>
      (decision & OUTCOME) < FIRST_SPECIAL_OUTCOME
        ? text(word(variantRow(flag, decision)))
        : undefined,
    ruleId(flag, decision) {
      const rule = (decision >>> 15) & NO_RULE;
      if (rule === NO_RULE) return undefined;
      const id = word(rules + RULE_WORDS * (word(flags + FLAG_WORDS * flag + 6) + rule) + 3);
      // Most ids are `r` and a number, and most of those follow from the place of the rule.
      if (!id) return `r${rule + 1}`;
      if (id & 1) return `r${id >>> 1}`;
      return text((id >>> 1) - 1);
    },
    onUnknown: (flag) => ON_UNKNOWN[(word(flags + FLAG_WORDS * flag) >> 2) & 3] ?? 'code-default',
  };
}
