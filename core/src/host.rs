//! What the evaluator cannot do alone, and whom it tells what it does.

use core::cmp::Ordering;

use crate::evaluate::text;
use crate::{Decision, Reason, date, semver};

/// Text comparisons that fold case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// Both texts are equal.
    Equal,
    /// The text begins with the operand.
    Prefix,
    /// The text ends with the operand.
    Suffix,
    /// The text contains the operand.
    Contains,
}

impl TextTest {
    /// Whether `text` passes the test, byte by byte.
    #[must_use]
    pub fn holds(self, text: &[u8], operand: &[u8]) -> bool {
        text::holds(self, text, operand, false)
    }
}

/// What the evaluator asks of the program around it.
///
/// Texts are UTF-8 bytes: the evaluator validates none, so that an artefact for browsers
/// carries no validator.
pub trait Host {
    /// Whether this host can do what an operator asks of it; conditions with others are unknown.
    fn knows(&self, _operator: u32) -> bool {
        true
    }

    /// Whether `text` matches the pattern; `None` when this host cannot say.
    ///
    /// `id` is stable within one plan, so that a host can keep compiled patterns.
    fn matches(&self, id: u32, pattern: &[u8], text: &[u8]) -> Option<bool>;

    /// Applies `test` to the lower-cased `text` and `operand`, which is lower case already.
    ///
    /// Called only when `text` is not all ASCII.
    fn test_folded(&self, test: TextTest, text: &[u8], operand: &[u8]) -> bool;

    /// Reads a number, for dialects that cast text: a sign, digits with a point among them, an
    /// exponent; or `inf`, `infinity` and `nan` in any case. No space and nothing else around it.
    fn parse_number(&self, text: &[u8]) -> Option<f64>;

    /// Milliseconds since 1970 of an RFC 3339 timestamp, as [`parse_date`](crate::parse_date) reads
    /// it; no number for other texts.
    ///
    /// A host that has a calendar of its own may save this crate's.
    fn date(&self, text: &[u8]) -> f64 {
        date::milliseconds(text)
    }

    /// Which of two semantic versions has precedence; `None` where one of them is none.
    fn compare_versions(&self, version: &[u8], other: &[u8]) -> Option<Ordering> {
        semver::compare(version, other)
    }

    /// Milliseconds since 1970 of a date in one of many forms, as
    /// [`parse_lenient_date`](crate::parse_lenient_date) reads it; no number for other texts.
    fn lenient_date(&self, text: &[u8], now_ms: f64) -> f64 {
        date::lenient::parse_lenient_date(text, now_ms).unwrap_or(f64::NAN)
    }

    /// The moment so many calendar months before now, or years when negative.
    fn calendar(&self, now_ms: f64, count: f64) -> f64 {
        date::lenient::calendar(now_ms, count)
    }

    /// Which of two versions comes first, written in one of many forms; `None` where one of them is
    /// none. With `releases`, a pre-release counts only beside one of the same three numbers.
    fn compare_lenient_versions(
        &self,
        version: &[u8],
        other: &[u8],
        releases: bool,
    ) -> Option<Ordering> {
        semver::lenient::compare(version, other, releases)
    }

    /// A uniformly random 32-bit number, for splits that ask for one when the unit is missing.
    fn random(&self) -> u32;
}

/// The result of a condition in three-valued logic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It does not hold.
    False,
    /// It holds.
    True,
    /// What it needs is not known at this place.
    Unknown,
}

/// Hears what an evaluation does, step by step; `()` hears nothing and costs nothing.
///
/// An expression or flag that is decided already is not entered again: only `leave` or
/// `decided` is called for it.
pub trait Visitor {
    /// The decision of a flag begins.
    fn flag(&mut self, _flag: u32) {}
    /// A flag is decided.
    fn decided(&mut self, _flag: u32, _decision: Decision) {}
    /// A rule of the flag is looked at.
    fn rule(&mut self, _flag: u32, _rule: u32) {}
    /// The condition of a rule is known; a rule without condition is `True`.
    fn rule_condition(&mut self, _flag: u32, _rule: u32, _truth: Truth) {}
    /// A distribution of the rule drew nothing; `None` is the fallthrough.
    fn missed(&mut self, _flag: u32, _rule: Option<u32>, _reason: Reason) {}
    /// An expression begins.
    fn enter(&mut self, _expression: u32) {}
    /// The result of an expression is known.
    fn leave(&mut self, _expression: u32, _truth: Truth) {}
    /// A unit was hashed; `position` is in the space of the algorithm of hash row `hash`.
    fn bucket(&mut self, _hash: u32, _slot: u32, _position: f64) {}
}

impl Visitor for () {}
