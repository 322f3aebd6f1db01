use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Dialect, Expression, Outcome, Prerequisite, Rule, Special, Unknown, is_default, is_true, truth,
};

/// One flag of one environment.
///
/// Shape: `type` and `variants` are required; everything else has a default that its field states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in the JSON"
)]
pub struct Flag {
    /// What people call it; the key when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How long it is meant to live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<Lifetime>,
    /// Type of its values.
    #[serde(rename = "type")]
    pub kind: FlagType,
    /// Values by name, in the order that counts.
    pub variants: IndexMap<String, Value>,
    /// False: every decision is `off`.
    #[serde(default = "truth")]
    pub enabled: bool,
    /// True: every decision is `off`, above everything else.
    #[serde(default, skip_serializing_if = "is_default")]
    pub killed: bool,
    /// What is decided while the flag is not on; the code default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off: Option<Off>,
    /// The type of unit that is bucketed; `user` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Seed text of its bucketing; the key when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// What a client answers that cannot know and cannot ask.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_unknown: OnUnknown,
    /// Part of public plans.
    #[serde(default = "truth", skip_serializing_if = "is_true")]
    pub client: bool,
    /// Must be decidable in a browser alone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub client_only: bool,
    /// Whether its decisions count as exposures; a rule can say no for itself.
    #[serde(default = "truth", skip_serializing_if = "is_true")]
    pub exposure: bool,
    /// Deviations from the native dialect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
    /// What must hold before anything else; where it does not, the decision is `off`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires: Option<Expression>,
    /// Demands on other flags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prerequisites: Vec<Prerequisite>,
    /// Rules, of which the first that applies decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// What is decided when no rule does; the code default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallthrough: Option<Fallthrough>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// What is decided when no rule does.
pub type Fallthrough = Outcome;

/// Type of a flag's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FlagType {
    /// True or false.
    Boolean,
    /// Text.
    String,
    /// A number.
    Number,
    /// A JSON object or array.
    Object,
}

/// How long a flag is meant to live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lifetime {
    /// Until the feature is out everywhere.
    Release,
    /// Until the experiment ends.
    Experiment,
    /// As long as operators need the switch.
    Operational,
    /// For ever.
    Permanent,
}

/// What is decided while a flag is not on: the name of a variant, or `{"special": ...}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Off {
    /// Name of a variant.
    Variant(String),
    /// No variant.
    Special(SpecialOff),
}

/// `{"special": "code-default"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SpecialOff {
    /// What is answered instead of a variant.
    pub special: Special,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// What a client answers that cannot know and cannot ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnUnknown {
    /// The default that the calling code passed.
    #[default]
    CodeDefault,
    /// The last value it knew.
    LastKnown,
    /// The flag's `off`.
    Off,
}
