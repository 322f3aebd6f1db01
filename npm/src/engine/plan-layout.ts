// The core's numbers: the layout of a loaded plan's tables and of a packed decision, which `docs/plan-format.md`
// describes, and what goes to and fro. This module imports nothing, so that the build can write them where they are used.

/** What the core tells of itself. */
export const CELLS = 0;
export const TEXTS = 1;
export const NEEDS_OPERATORS = 2;
export const SLOT_COUNT = 3;
export const FLAG_COUNT = 4;

/** Columns: the number of the table times 256, and the number of the column in it. */
export const TEXT_START = 0x100;
export const SLOT_HEAD = 0x500;
export const SLOT_NAME = 0x501;
export const SLOT_GROUP = 0x502;
export const VARIANT_NAME = 0xa00;
export const VARIANT_VALUE = 0xa01;
export const SET_KIND = 0xb00;
export const SET_VARIANTS = 0xb01;
export const FLAG_BITS = 0xc00;
export const FLAG_RULES = 0xc06;
export const FLAG_SET = 0xc08;
export const RULE_ID = 0xd03;

/** The kind of a set whose values are bare text instead of JSON. */
export const STRING = 1;

/** The bits of a decision that hold its outcome: a variant, or what is special from here on. */
export const OUTCOME = 1023;
export const FIRST_SPECIAL_OUTCOME = 1020;
export const NULL_OUTCOME = 1021;

export const RULE_SHIFT = 15;
export const NO_RULE = 0x7fff;
export const REASON_SHIFT = 10;
export const REASON_MASK = 31;
export const EXPOSURE = 0x4000_0000;

/** What a flag does when its decision is unknown: where its bits lie, and the last known answer among them. */
export const ON_UNKNOWN_SHIFT = 2;
export const ON_UNKNOWN_MASK = 3;
export const LAST_KNOWN = 1;

/** The kinds of values, in the lowest three bits of a cell's first word. */
export const MISSING = 0;
export const TEXT = 1;
export const NUMBER = 2;
export const BOOLEAN = 3;
export const NULL = 4;
export const ARRAY = 5;
export const OPAQUE = 6;

/** From this length on, the encoder is faster than a loop. */
export const LONG_TEXT = 48;

/** What the core asks its host for: up to the first a comparison of texts, up to the second an operator that is rare. */
export const LAST_COMPARISON = 3;
export const LAST_OPERATOR = 6;

/** How many operators there are, and how many of them the host knows by itself. */
export const ALL_OPERATORS = 34;
export const COMMON_OPERATORS = 24;

/** Places. */
export const CLIENT = 0;
export const SERVER = 2;
