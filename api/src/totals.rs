//! Sums over subjects, as shards tell them and as they are added up.

use serde::{Deserialize, Serialize};

/// A shard's absolute totals: answer of `GET /totals`.
///
/// # Shape
///
/// Values are never deltas, and `revision` grows with every change: who collects totals keeps the
/// newest of each shard and adds the shards up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardTotals {
    /// Number of the shard; absent when nothing was ever delivered to it.
    pub shard: Option<u32>,
    /// How often the totals have changed.
    pub revision: u64,
    /// Epoch milliseconds at which they were read.
    pub as_of: u64,
    /// In the order of their keys.
    pub cells: Vec<ShardCell>,
    /// Events that clients say they had to give up.
    pub dropped: u64,
    /// Subjects and events on their way to another shard, counted nowhere for the moment, and
    /// erasures that are not through the raw log: while there are any, the log counts otherwise.
    #[serde(default)]
    pub pending: u64,
    /// How often the state of a subject could not be read or written, so that what came for it is
    /// counted nowhere.
    #[serde(default)]
    pub aside: u64,
    /// Which levels of each dimension this shard counts by themselves; under the dimension without a
    /// name, which epochs and stages.
    #[serde(default)]
    pub levels: Vec<LevelTable>,
}

/// The levels of one dimension that have cells of their own; all others count in `(other)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelTable {
    /// Key of the flag.
    pub flag: String,
    /// Epoch of the experiment.
    pub epoch: u32,
    /// Key of the dimension.
    pub dimension: String,
    /// Values of the dimension.
    pub levels: Vec<String>,
}

/// Which subjects a cell sums up, and what of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CellKey {
    /// Key of the flag or of the experiment.
    pub flag: String,
    /// Unit type of the subjects.
    pub unit: String,
    /// Epoch of the experiment, 0 outside one.
    pub epoch: u32,
    /// Stage of the rollout at the subjects' first exposure, empty outside one.
    pub stratum: String,
    /// Variant that the subjects met first; `__multiple__` for the metrics of mixed subjects.
    pub variant: String,
    /// `exposed`, `mixed` (of those exposed, the ones that met another variant later), `cut` (those
    /// who met more flags than are kept of them), or `<key>@<version>` of a metric.
    pub metric: String,
    /// Dimension that splits the cell, or `total`.
    pub dimension: String,
    /// Value of that dimension, empty for `total`.
    pub level: String,
    /// Days since 1970 of the first exposures for `total`; 0, for all days, for a dimension.
    pub day: u64,
}

/// A cell of one shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardCell {
    /// Which subjects, and what of them.
    #[serde(flatten)]
    pub key: CellKey,
    /// How many subjects. One shard may count below 0 after a resharding; the sum never is.
    pub n: i64,
    /// Exact sums as decimal integers with commas between them, zeros at the end left out, in the
    /// order of [`Sums`]: sums of values in millionths, sums of products in millionths of
    /// millionths.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sums: String,
}

/// Answer of `GET …/environments/{environment}/totals`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// In the order of their keys; cells in which everything is 0 are left out.
    pub cells: Vec<TotalsCell>,
    /// Every shard that the environment has, by number.
    pub shards: Vec<ShardState>,
    /// Numbers of the shards that did not answer just now; their last known totals are in.
    pub missing: Vec<u32>,
    /// Events that clients say they had to give up.
    pub dropped: u64,
    /// Subjects and events on their way from one shard to another, counted nowhere meanwhile, and
    /// erasures that are not through the raw log.
    pub pending: u64,
    /// How often the state of a subject could not be read or written, so that what came for it is
    /// counted nowhere; it is in the raw log.
    #[serde(default)]
    pub aside: u64,
    /// Which levels of each dimension stand by themselves.
    pub levels: Vec<FixedLevels>,
    /// Epoch milliseconds at which the shards were asked.
    pub as_of: u64,
}

/// How fresh the totals of one shard are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardState {
    /// Number of the shard.
    pub shard: u32,
    /// Its newest known revision; 0 when nothing is known of it.
    pub revision: u64,
    /// Epoch milliseconds at which it told so; 0 when nothing is known of it.
    pub as_of: u64,
}

/// The levels of a dimension that stand by themselves in totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedLevels {
    /// Flag, epoch, dimension and levels.
    #[serde(flatten)]
    pub table: LevelTable,
    /// 0 while the levels may still change, then 1.
    pub version: u32,
}

/// One cell of all shards together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TotalsCell {
    /// Which subjects, and what of them.
    #[serde(flatten)]
    pub key: CellKey,
    /// How many subjects; for a metric, those with an event that counts.
    pub n: i64,
    /// Their moments.
    #[serde(flatten)]
    pub sums: Sums,
}

/// Moments of a metric `y`, of a ratio's denominator `d` and of the value `x` before exposure.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Σy.
    pub y: f64,
    /// Σy².
    pub yy: f64,
    /// Σd.
    pub d: f64,
    /// Σd².
    pub dd: f64,
    /// Σyd.
    pub yd: f64,
    /// Σx.
    pub x: f64,
    /// Σx².
    pub xx: f64,
    /// Σxy.
    pub xy: f64,
    /// Σxd.
    pub xd: f64,
}

/// Body of `POST …/environments/{environment}/shards`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewShards {
    /// Twice as many as there are.
    pub shards: u32,
}

/// Answer of `GET` and `POST …/environments/{environment}/shards`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resharding {
    /// How many shards the environment has.
    pub shards: u32,
    /// How many it is getting, while it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u32>,
    /// `copying`, `switching`, `publishing`, or `done`.
    pub phase: String,
}
