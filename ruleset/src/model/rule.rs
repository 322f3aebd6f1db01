use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Expression, Outcome, Prerequisite, Split, Unknown, is_default, is_true, truth};

/// One rule of a flag: when it applies, and where it leads.
///
/// It applies while its window is open, its prerequisites hold, its gates let the unit in and its condition
/// holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// Names the rule inside its flag.
    pub id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// First moment of its window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    /// First moment after its window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Moment>,
    /// Demands on other flags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prerequisites: Vec<Prerequisite>,
    /// Splits that must let the unit in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Split>,
    /// The condition; true when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Expression>,
    /// Where it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Where it leads by gates, instead of `outcome`: the first alternative whose gates hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// What follows a distribution that draws nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_miss: OnMiss,
    /// What follows when it is unknown whether the rule applies.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_unknown: OnUnknownRule,
    /// Reported as a holdout.
    #[serde(default, skip_serializing_if = "is_default")]
    pub holdout: bool,
    /// Whether its decisions count as exposures.
    #[serde(default = "truth", skip_serializing_if = "is_true")]
    pub exposure: bool,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// One of several outcomes of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alternative {
    /// Splits that must let the unit in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Split>,
    /// Where it leads.
    pub outcome: Outcome,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A point in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Moment {
    /// RFC 3339.
    Text(String),
    /// Epoch milliseconds.
    Milliseconds(i64),
}

/// What follows when it is unknown whether a rule applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnUnknownRule {
    /// The flag is unknown.
    #[default]
    Stop,
    /// The next rule; the flag is unknown only when no later rule decides.
    Next,
    /// The next rule, as if this one did not apply.
    Skip,
}

/// What follows a distribution that draws nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnMiss {
    /// The next rule.
    #[default]
    Next,
    /// The fallthrough.
    Stop,
}
