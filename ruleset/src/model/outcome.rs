use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Number, Value};

use super::{HashDescriptor, UnitReference, Unknown, is_default, one_of};

/// Where a rule leads.
///
/// Shape: an object that one of its fields tells apart: `variant`, `special`, `distribution` or `program`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Outcome {
    /// To one variant.
    Variant(VariantOutcome),
    /// To no variant.
    Special(SpecialOutcome),
    /// To variants by ranges of a hash.
    Distribution(Box<DistributionOutcome>),
    /// To what an imported program says.
    Program(ProgramOutcome),
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(input)?;
        let has = |name| fields.contains_key(name);
        if has("variant") {
            one_of(fields).map(Self::Variant)
        } else if has("special") {
            one_of(fields).map(Self::Special)
        } else if has("distribution") {
            one_of(fields).map(Self::Distribution)
        } else if has("program") {
            one_of(fields).map(Self::Program)
        } else {
            Err(D::Error::custom("not an outcome"))
        }
    }
}

/// `{"variant": "on"}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VariantOutcome {
    /// Name of the variant.
    pub variant: String,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// `{"special": "code-default"}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SpecialOutcome {
    /// What is answered instead of a variant.
    pub special: Special,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// An end that is not a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Special {
    /// The default that the calling code passed.
    CodeDefault,
    /// The value `null`.
    Null,
    /// An error.
    Error,
    /// Nothing, as a distribution that draws nothing: what follows is the rule's `on_miss`.
    Miss,
}

/// `{"distribution": {...}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DistributionOutcome {
    /// Variants by ranges.
    pub distribution: Distribution,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// `{"program": ...}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProgramOutcome {
    /// A `JsonLogic` program of an import.
    pub program: Value,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Variants by ranges of a hash.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Distribution {
    /// Native bucketing with this salt instead of the flag's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// The type of unit instead of the flag's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Another way to a position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<HashDescriptor>,
    /// Which variant has which range; the first match wins.
    pub ranges: Vec<Entry>,
    /// Ids that get a variant without being drawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<Pin>,
    /// What a position past every range gets.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rest: Rest,
    /// Remembered draws.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticky: Option<Sticky>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A range and what it gets: a variant, a special outcome, or passage to what comes after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// Name of the variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// What is answered instead of a variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub special: Option<Special>,
    /// Passes through, as a miss does.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pass: bool,
    /// First position.
    pub from: Number,
    /// Position after the last, or the last with the comparison `le`.
    pub to: Number,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Ids that get a variant without being drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pin {
    /// Whose id; the flag's unit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitReference>,
    /// The ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// Id of a list with the ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Name of the variant.
    pub variant: String,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// What a position past every range gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rest {
    /// Nothing: a miss.
    #[default]
    None,
    /// The last entry.
    Last,
}

/// Remembered draws of an import: which experiment, which version, by which attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sticky {
    /// Key of the experiment.
    pub experiment: String,
    /// Version of the buckets.
    #[serde(default)]
    pub version: u32,
    /// Draws of earlier versions exclude.
    #[serde(default, skip_serializing_if = "is_default")]
    pub min_version: u32,
    /// Attribute to remember by when the unit is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}
