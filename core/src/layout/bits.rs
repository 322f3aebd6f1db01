//! Bits of the columns named `bits`.

/// Condition: text is lower-cased.
pub const IGNORE_CASE: u32 = 1;
/// Condition: every element of an array.
pub const EVERY: u32 = 2;
/// Condition: a missing slot satisfies it.
pub const WHEN_MISSING: u32 = 4;
/// Condition: text is read as a number.
pub const PARSE_TEXT: u32 = 8;
/// Condition: the date is relative to now.
pub const FROM_NOW: u32 = 16;
/// Condition: the value is read as other systems read it: anything has a text, dates and
/// versions have more forms, and booleans are whatever is true.
pub const LENIENT: u32 = 32;
/// Condition: only the letters of ASCII are lower-cased.
pub const ASCII_CASE: u32 = 64;
/// Condition: the pattern must not match; a text that it cannot be tried on satisfies neither.
pub const OPPOSITE: u32 = 128;
/// Condition: what cannot be read leaves it unknown instead of false.
pub const FAILS: u32 = 256;
/// Condition: the date is so many calendar months before now, or years when negative.
pub const CALENDAR: u32 = 512;
/// Condition: a pre-release satisfies it only beside a pre-release of the same three numbers.
pub const RELEASES: u32 = 1024;
/// Condition: the first operand that is not true decides.
pub const IN_ORDER: u32 = 2048;
/// Conditions with one of these belong to other dialects than the native one.
pub const DIALECT: u32 =
    PARSE_TEXT | LENIENT | ASCII_CASE | OPPOSITE | FAILS | CALENDAR | RELEASES | IN_ORDER;
/// Rule: a miss ends at the fallthrough.
pub const STOP_ON_MISS: u32 = 1;
/// Rule: reported as a holdout.
pub const HOLDOUT: u32 = 2;
/// Rule: not an exposure.
pub const SILENT: u32 = 4;
/// Rule: an unknown condition lets later rules decide; only when none of them does, the flag is
/// unknown.
pub const PASS_UNKNOWN: u32 = 8;
/// Rule: an unknown condition counts as false.
pub const SKIP_UNKNOWN: u32 = 16;
/// Flag: not enabled.
pub const DISABLED: u32 = 1;
/// Flag: killed.
pub const KILLED: u32 = 2;
/// Flag: where the two bits of what to do when unknown begin.
pub const ON_UNKNOWN_SHIFT: u32 = 2;
/// Flag: the fallthrough is not an exposure.
pub const SILENT_FALLTHROUGH: u32 = 16;
/// Entry: `to` belongs to the range.
pub const TO_INCLUDED: u32 = 1;
