use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{Attribute, Dialect, Expression, Flag, Group};

/// The fields of an object that this version does not know, verbatim.
pub type Unknown = Map<String, Value>;

/// Everything one environment decides with: flags, and the segments, lists and attributes they refer to.
///
/// Shape: the JSON of `docs/ruleset-format.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ruleset {
    /// Version of the format; 1.
    pub schema: u32,
    /// Id of the environment.
    pub environment: String,
    /// Attributes the project declares, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub attributes: IndexMap<String, Attribute>,
    /// Declared attributes of group types, by group type.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub groups: IndexMap<String, Group>,
    /// Named conditions, by id.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub segments: IndexMap<String, Segment>,
    /// Named lists of ids, by id.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub lists: IndexMap<String, List>,
    /// Flags, by key.
    pub flags: IndexMap<String, Flag>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A condition with a name, used by several rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Segment {
    /// What people call it; the id when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Deviations from the native dialect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
    /// Who belongs to it.
    pub when: Expression,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A list of ids or other text, compared exactly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct List {
    /// What people call it; the id when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The unit that `{"list": …}` alone tests; `user` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The members.
    pub values: Vec<String>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

pub(crate) fn truth() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) fn is_true(value: &bool) -> bool {
    *value
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Tells a field that is `null` from one that is absent.
pub(crate) fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(input).map(Some)
}

/// Reads one branch of a union of objects.
pub(crate) fn one_of<T: DeserializeOwned, E: Error>(fields: Map<String, Value>) -> Result<T, E> {
    serde_json::from_value(Value::Object(fields)).map_err(E::custom)
}
