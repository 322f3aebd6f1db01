//! A program: everything a plan says, as Rust values, before it becomes bytes.
//!
//! `lower` makes a program from a checked ruleset; `encode` turns it into plan bytes.
//! A program holds no sugar: windows, prerequisites, gates, segments and pins are ordinary
//! expressions and rules by then, so the evaluator has one way to decide.

pub(crate) use pennon_core::{Algorithm, Kind, MissingUnit, OnUnknown, Order, Place};

/// Index into [`Program::slots`].
pub(crate) type SlotId = u32;
/// Index into [`Program::expressions`].
pub(crate) type ExpressionId = u32;
/// Index into [`Program::flags`].
pub(crate) type FlagId = u32;

/// One audience's view of one environment.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Program {
    /// What the host writes once per context: unit ids and the attributes that some flag reads.
    pub(crate) slots: Vec<Slot>,
    /// Hash-consed expression trees; children come before parents.
    pub(crate) expressions: Vec<Expression>,
    /// Membership lists, referenced by [`Test::InList`].
    pub(crate) lists: Vec<List>,
    /// Flags in an order in which every prerequisite comes before its dependants, then by key.
    pub(crate) flags: Vec<Flag>,
}

/// A place of the context that the host fills.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Slot {
    pub(crate) source: Source,
    /// Where the value can be known first. Absent below that place means unknown, not missing.
    pub(crate) known_at: Place,
}

/// Where a slot's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// `units.<type>`: `user`, `device` or a group type.
    Unit(String),
    /// `attributes.<name>`; a name that begins with `/` is a JSON pointer into `attributes`.
    Attribute(String),
    /// `groups.<type>.<name>`, pointer rule as above.
    GroupAttribute(String, String),
}

/// A condition tree node, three-valued.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    /// True when every child is true. No children: true.
    All(Vec<ExpressionId>),
    /// The first child that is not true decides. No children: true.
    InOrder(Vec<ExpressionId>),
    /// True when a child is true. No children: false.
    Any(Vec<ExpressionId>),
    Not(ExpressionId),
    /// Unknown here by decision of the compiler: the operand may not leave the server.
    Unknown,
    /// A test of one slot.
    Leaf(Leaf),
    /// True while `from <= now < to`, epoch milliseconds; an absent bound is open.
    Window {
        from: Option<i64>,
        to: Option<i64>,
    },
    /// True when the unit falls into one of the ranges of the hash.
    Split(Split),
    /// True when the decision of another flag is one of the outcomes.
    FlagIs {
        flag: FlagId,
        outcomes: FlagTest,
    },
}

/// What a prerequisite asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FlagTest {
    /// The flag is enabled, not killed and its own prerequisites hold.
    On,
    /// The outcome is one of these, ascending.
    OneOf(Vec<Outcome>),
}

/// A test of one slot against constants.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) slot: SlotId,
    pub(crate) test: Test,
    /// Compare text after lower-casing both sides.
    pub(crate) ignore_case: bool,
    /// An array must satisfy the test with every element (and have one) instead of with any.
    pub(crate) every_element: bool,
    /// Native dialect: a missing attribute makes the test false, and negation is [`Expression::Not`] around it.
    /// True here makes a missing attribute satisfy the test.
    pub(crate) when_missing: bool,
    /// Bits of [`pennon_core::layout::bits::DIALECT`]; 0 in the native dialect.
    pub(crate) dialect: u32,
}

/// Operators. Numbers are f64, dates epoch milliseconds, semantic versions normalised text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Exists,
    IsNull,
    EqualsBoolean(bool),
    /// Is or is not `true` in some form.
    Truthy(bool),
    /// Equals one of these numbers; one entry is plain equality.
    NumberIn(Vec<f64>),
    /// Equals one of these texts; one entry is plain equality.
    TextIn(Vec<String>),
    /// Member of [`Program::lists`]`[i]`, compared as salted 64-bit hashes.
    InList(u32),
    NumberOrder(Order, f64),
    /// By Unicode code point, which is byte order in UTF-8.
    TextOrder(Order, String),
    /// Any of these prefixes, suffixes, substrings.
    Prefix(Vec<String>),
    Suffix(Vec<String>),
    Contains(Vec<String>),
    /// A pattern of the portable subset, or any pattern for the server audience.
    Regex(String),
    DateOrder(Order, Instant),
    SemverEquals(String),
    SemverOrder(Order, String),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Instant {
    /// Epoch milliseconds.
    At(f64),
    /// Milliseconds added to `now`; negative is the past.
    FromNow(f64),
    /// So many calendar months before now, or years when negative.
    Calendar(f64),
}

/// Ids by salted hash: two `murmur3_x86_32` of the UTF-8 text, `seeds[0]` in the high half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List {
    pub(crate) seeds: [u32; 2],
    /// Ascending, no duplicates.
    pub(crate) hashes: Vec<u64>,
}

/// Gate: ranges of a hash.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Split {
    pub(crate) hash: Hash,
    pub(crate) ranges: Vec<Range>,
}

/// How a unit becomes a position. Covers every row of the hash table in
/// `specs/vendors-and-openfeature.md` 3.3.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hash {
    /// Which of the 20 named algorithms of `core::Algorithm` (hash, encoding and map to a number together).
    pub(crate) algorithm: Algorithm,
    /// Native: the seed text `salt + "/" + use`. Others: the text parts around the unit.
    pub(crate) prefix: String,
    pub(crate) suffix: String,
    /// Seed of a seeded hash; 0 where the algorithm has none.
    pub(crate) seed: u32,
    /// Size of the bucket space (modulus, total weight, total shards); 0 where the algorithm fixes it.
    pub(crate) space: u32,
    /// The first present slot wins.
    pub(crate) units: Vec<SlotId>,
    pub(crate) missing: MissingUnit,
}

/// `from <= position < to`, or `<= to` when `to_included`. Basis points for the native algorithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) to_included: bool,
}

/// One flag of the plan.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Flag {
    pub(crate) key: String,
    pub(crate) kind: Kind,
    /// Names and values in index order.
    pub(crate) variants: Vec<Variant>,
    pub(crate) enabled: bool,
    pub(crate) killed: bool,
    pub(crate) on_unknown: OnUnknown,
    /// The unit of distributions that name no hash of their own.
    pub(crate) unit: SlotId,
    /// Salt of distributions that name no hash of their own; the key unless renamed.
    pub(crate) salt: String,
    /// Fails: the outcome is `off`.
    pub(crate) prerequisites: Option<ExpressionId>,
    pub(crate) off: Outcome,
    pub(crate) rules: Vec<Rule>,
    pub(crate) fallthrough: Target,
    /// A decision of the fallthrough counts as an exposure.
    pub(crate) fallthrough_counts_exposure: bool,
}

/// A typed value under a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// The bare text for strings, JSON text for everything else.
    pub(crate) value: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    pub(crate) id: String,
    /// Absent: always true.
    pub(crate) when: Option<ExpressionId>,
    pub(crate) target: Target,
    /// A distribution that draws nothing ends at the fallthrough instead of the next rule.
    pub(crate) stop_on_miss: bool,
    /// What an unknown condition does.
    pub(crate) when_unknown: WhenUnknown,
    /// Reported as a holdout.
    pub(crate) is_holdout: bool,
    /// A decision of this rule counts as an exposure.
    pub(crate) counts_exposure: bool,
}

/// What an unknown condition of a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenUnknown {
    /// The decision is unknown.
    Stop,
    /// Later rules may decide.
    Pass,
    /// It counts as false.
    Skip,
}

/// Where a rule that matched leads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    /// Nowhere, as a distribution that draws nothing.
    Miss,
    Outcome(Outcome),
    Distribution(Distribution),
}

/// An end of the evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Outcome {
    /// Index into [`Flag::variants`].
    Variant(u32),
    /// The default that the calling code passed.
    CodeDefault,
    Null,
    Error,
}

/// Variants by ranges of a hash.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Distribution {
    /// Absent: the flag's own salt, use `split`, the flag's unit, native algorithm.
    pub(crate) hash: Option<Hash>,
    /// First match wins.
    pub(crate) entries: Vec<Entry>,
    /// A position past every entry takes the last one instead of missing.
    pub(crate) rest_is_last: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) range: Range,
    /// Absent: passes through, as a miss does.
    pub(crate) outcome: Option<Outcome>,
}
