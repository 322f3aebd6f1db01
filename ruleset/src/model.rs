//! The ruleset as Rust values: one type for each object of the JSON.
//!
//! Every object keeps the fields it does not know in `unknown` and gives them back on serialising, so a
//! ruleset that passes through an older version of this crate loses nothing.

mod attribute;
mod dialect;
mod expression;
mod flag;
mod operator;
mod outcome;
mod prerequisite;
mod rule;
mod shared;
mod split;

pub use attribute::{Attribute, AttributeType, Class, Group, KnownAt};
pub use dialect::{
    AttributePath, CaseFolding, Dates, Dialect, Equality, Failures, MissingAttribute, NumberCast,
    RegexFlavour, SemverGrammar, TextCast,
};
pub use expression::{
    All, Any, Elements, Expression, FlagIs, InList, Leaf, None, Not, Program, SegmentIs, SplitIs,
    Unknowable,
};
pub use flag::{Fallthrough, Flag, FlagType, Lifetime, Off, OnUnknown, SpecialOff};
pub use operator::Operator;
pub use outcome::{
    Distribution, DistributionOutcome, Entry, Outcome, Pin, ProgramOutcome, Rest, Special,
    SpecialOutcome, Sticky, VariantOutcome,
};
pub use prerequisite::{Chain, Fail, FlagState, FlagTest, Prerequisite, ValueTest};
pub use rule::{Alternative, Moment, OnMiss, OnUnknownRule, Rule};
pub use shared::{List, Ruleset, Segment, Unknown};
pub use split::{
    Comparison, Encoding, HashAlgorithm, HashDescriptor, MissingUnit, Range, Split, UnitReference,
};

pub(crate) use shared::{is_default, is_true, one_of, present, truth};
