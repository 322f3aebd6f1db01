use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Unknown, is_default};

/// What the project says about an attribute of the context.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Attribute {
    /// The type of its values; any when absent.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<AttributeType>,
    /// The first place that can know it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub known_at: KnownAt,
    /// Who may see it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub class: Class,
    /// Whether totals are split by its values; not for private attributes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dimension: bool,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Attributes that the groups of one type carry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// By name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub attributes: IndexMap<String, Attribute>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// The type of an attribute's values. An array of such values has the same type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttributeType {
    /// Text.
    String,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// RFC 3339 text or epoch milliseconds.
    Date,
    /// A semantic version, as text.
    Semver,
    /// An object; its members are reached by a JSON pointer.
    Object,
}

/// A place that evaluates, in the order in which knowledge grows.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum KnownAt {
    /// Known everywhere.
    #[default]
    Client,
    /// Known to the edge and to servers.
    Edge,
    /// Known to servers only.
    Server,
}

/// Who may see an attribute and what it is compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Anyone.
    #[default]
    Public,
    /// Evaluated in browsers, left out of what is exported.
    Internal,
    /// Never part of a public plan.
    Private,
}
