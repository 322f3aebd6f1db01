use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a leaf of a condition asks of a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equals a text, number, boolean or `null`.
    Eq,
    /// Not `eq`; true of a missing attribute.
    Ne,
    /// Equals one of an array, or is on a list.
    In,
    /// Not `in`; true of a missing attribute.
    NotIn,
    /// Below a number, or before a text by code point.
    Lt,
    /// Below or equal.
    Le,
    /// Above a number, or after a text by code point.
    Gt,
    /// Above or equal.
    Ge,
    /// Begins with a text, or with one of an array.
    StartsWith,
    /// Ends with a text, or with one of an array.
    EndsWith,
    /// Contains a text, or one of an array.
    Contains,
    /// A regular expression is found in it.
    Matches,
    /// No regular expression is found in it; true of a missing attribute.
    NotMatches,
    /// Is `true`, or a text that says so in any case, or an array of nothing else; `value: false` asks for
    /// the opposite of a value that is there.
    Truthy,
    /// Is a number from the first to the second of an array, both included.
    Between,
    /// Is there at all; `value: false` asks for absence.
    Exists,
    /// Strictly before a date.
    Before,
    /// Strictly after a date.
    After,
    /// Before a date or at it.
    OnOrBefore,
    /// After a date or at it.
    OnOrAfter,
    /// Has the same semantic version precedence.
    SemverEq,
    /// Has a lower precedence.
    SemverLt,
    /// Has a lower or the same precedence.
    SemverLe,
    /// Has a higher precedence.
    SemverGt,
    /// Has a higher or the same precedence.
    SemverGe,
    /// Lies in a range such as `^1.2` or `>=1.0.0 <3.0.0 || 4.x`.
    SemverRange,
    /// A word that is no operator here; the checks name it.
    #[serde(untagged)]
    Other(String),
}

impl Operator {
    /// Every operator of the native dialect, in the order of the reference.
    pub const ALL: [Self; 26] = [
        Self::Eq,
        Self::Ne,
        Self::In,
        Self::NotIn,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::StartsWith,
        Self::EndsWith,
        Self::Contains,
        Self::Matches,
        Self::NotMatches,
        Self::Truthy,
        Self::Between,
        Self::Exists,
        Self::Before,
        Self::After,
        Self::OnOrBefore,
        Self::OnOrAfter,
        Self::SemverEq,
        Self::SemverLt,
        Self::SemverLe,
        Self::SemverGt,
        Self::SemverGe,
        Self::SemverRange,
    ];

    /// The word in the JSON.
    pub fn word(&self) -> &str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::In => "in",
            Self::NotIn => "not_in",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::StartsWith => "starts_with",
            Self::EndsWith => "ends_with",
            Self::Contains => "contains",
            Self::Matches => "matches",
            Self::NotMatches => "not_matches",
            Self::Truthy => "truthy",
            Self::Between => "between",
            Self::Exists => "exists",
            Self::Before => "before",
            Self::After => "after",
            Self::OnOrBefore => "on_or_before",
            Self::OnOrAfter => "on_or_after",
            Self::SemverEq => "semver_eq",
            Self::SemverLt => "semver_lt",
            Self::SemverLe => "semver_le",
            Self::SemverGt => "semver_gt",
            Self::SemverGe => "semver_ge",
            Self::SemverRange => "semver_range",
            Self::Other(word) => word,
        }
    }
}
