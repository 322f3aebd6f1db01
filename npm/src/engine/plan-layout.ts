// The layout of a loaded plan's tables and of a packed decision; `docs/plan-format.md` describes both.

/** Numbers of tables. */
export const TEXT = 1;
export const SLOT = 5;
export const VARIANT = 10;
export const SET = 11;
export const FLAG = 12;
export const RULE = 13;
export const END = 15;

/** The kind of a set whose values are bare text instead of JSON. */
export const STRING = 1;

/** The bit of a flag that was switched off by hand. */
export const KILLED = 2;

/** The bits of a decision that hold its outcome: a variant, or what is special from here on. */
export const OUTCOME = 1023;
export const FIRST_SPECIAL_OUTCOME = 1020;
export const NULL_OUTCOME = 1021;

export const RULE_SHIFT = 15;
export const NO_RULE = 0x7fff;
export const REASON_SHIFT = 10;
export const REASON_MASK = 31;
export const EXPOSURE = 0x4000_0000;
