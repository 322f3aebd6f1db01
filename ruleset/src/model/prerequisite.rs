use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Elements, Operator, Unknown, is_default, present};

/// A demand on another flag that comes before a flag or a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Prerequisite {
    /// Key of the other flag.
    pub flag: String,
    /// Whether the other flag may have prerequisites itself; when it may not and has, the demand fails.
    #[serde(default, skip_serializing_if = "is_default")]
    pub chain: Chain,
    /// What happens when the demand fails; `off` for a flag, `skip` for a rule when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail: Option<Fail>,
    /// What is asked of the other flag.
    #[serde(flatten)]
    pub test: FlagTest,
}

/// What is asked of another flag; without any of the three, that it is enabled.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlagTest {
    /// It is enabled, not killed, and its own prerequisites hold; or the opposite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<FlagState>,
    /// It decided for one of these variants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variants: Option<Vec<String>>,
    /// It decided for a value that satisfies this test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ValueTest>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A test of the value that another flag decided for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ValueTest {
    /// What is asked.
    pub op: Operator,
    /// The operand.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub value: Option<Value>,
    /// Compare text without regard to case.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ci: bool,
    /// How many elements of an array must satisfy the test.
    #[serde(default, skip_serializing_if = "is_default")]
    pub elements: Elements,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// The state of a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FlagState {
    /// Enabled, not killed, and its own prerequisites hold.
    Enabled,
    /// The opposite.
    Disabled,
    /// A word that is no state, such as the name of a variant; the checks say so.
    #[serde(untagged)]
    Other(String),
}

/// Whether a prerequisite may have prerequisites.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Chain {
    /// It may.
    #[default]
    Allow,
    /// It may not.
    Forbid,
}

/// What a failed prerequisite does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fail {
    /// The flag ends at its `off`.
    Off,
    /// The rule is skipped.
    Skip,
    /// The flag ends with the value `null`.
    Null,
}
