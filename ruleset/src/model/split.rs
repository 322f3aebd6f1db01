use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::{Unknown, is_default};

/// Ranges of a hash: the unit is in when its position falls into one of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Split {
    /// Native bucketing with this salt instead of the flag's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// The type of unit instead of the flag's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Another way to a position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<HashDescriptor>,
    /// The ranges.
    pub ranges: Vec<Range>,
    /// Boundaries that move with time, of an import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp: Option<Vec<Value>>,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A range of positions: basis points, 0 to 10000, with the native algorithm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Range {
    /// First position.
    pub from: Number,
    /// Position after the last, or the last with the comparison `le`.
    pub to: Number,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// How a unit becomes a position.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HashDescriptor {
    /// Hash and map to a number.
    #[serde(default, skip_serializing_if = "is_default")]
    pub algorithm: HashAlgorithm,
    /// How text becomes what is hashed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub encoding: Encoding,
    /// Seed of a seeded hash.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seed: u32,
    /// Text before the unit. With the native algorithm: the seed text, instead of `salt/use`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Text after the unit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suffix: String,
    /// Size of the position space, where the algorithm leaves it open.
    #[serde(default, skip_serializing_if = "is_default")]
    pub space: u32,
    /// Whose id is hashed: the first present one. The flag's unit when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitReference>,
    /// What a missing unit means.
    #[serde(default, skip_serializing_if = "is_default")]
    pub missing: MissingUnit,
    /// Whether the upper boundary of a range belongs to it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub comparison: Comparison,
    /// Kept as found.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// A unit type, or an attribute used as a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum UnitReference {
    /// A unit type: `user`, `device` or a group type.
    Unit(String),
    /// An attribute.
    Attribute {
        /// Its name.
        attribute: String,
        /// Kept as found.
        #[serde(flatten)]
        unknown: Unknown,
    },
}

/// Hash and map to a number; the formulas are those of `docs/bucketing.md`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HashAlgorithm {
    /// Pennon's own, in basis points.
    #[default]
    Native,
    /// The raw hash.
    #[serde(rename = "murmur3_32")]
    Murmur3,
    /// Unleash, rollout.
    UnleashRollout,
    /// Unleash, variants.
    UnleashVariant,
    /// flagd before 0.15.
    FlagdFractionalV1,
    /// flagd 0.15 and 0.16.
    FlagdFractionalV2,
    /// flagd, CBOR.
    FlagdFractionalV3,
    /// Featurevisor.
    Featurevisor,
    /// `DevCycle`.
    Devcycle,
    /// Optimizely.
    Optimizely,
    /// `GrowthBook`, hash version 1.
    GrowthbookV1,
    /// `GrowthBook`, hash version 2.
    GrowthbookV2,
    /// `GrowthBook`, namespaces.
    GrowthbookNamespace,
    /// Eppo.
    EppoMd5Shard,
    /// `PostHog`.
    PosthogSha1_15,
    /// `LaunchDarkly`.
    LaunchdarklySha1_15,
    /// Flagsmith.
    FlagsmithMd5,
    /// `ConfigCat`.
    ConfigcatSha1_7,
    /// Statsig.
    StatsigSha256,
    /// Flipt.
    FliptCrc32,
}

/// How text becomes what is hashed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// What the algorithm's reference does.
    #[default]
    Standard,
    /// Bytes of UTF-8.
    Utf8,
    /// UTF-16 units.
    Utf16,
    /// The low byte of each UTF-16 unit.
    Utf16LowByte,
}

/// What a missing unit means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MissingUnit {
    /// The split is false, the distribution draws nothing.
    #[default]
    Miss,
    /// Position 0.
    Zero,
    /// A random position.
    Random,
    /// The position of the empty text; not with the native algorithm.
    Empty,
}

/// Whether the upper boundary of a range belongs to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// `from <= position < to`.
    #[default]
    Lt,
    /// `from <= position <= to`.
    Le,
}
