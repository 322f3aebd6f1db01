//! What the edge hands to a Shard object, what it answers, and the totals that it is asked for.
//! The contract that clients see is `docs/events.md`.

use serde::{Deserialize, Serialize};

/// The part of one batch that concerns one shard: body of `POST /deliver`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Id of the environment.
    pub environment: String,
    /// The environment's pepper in 64 hexadecimal digits.
    pub pepper: String,
    /// Which shard this is meant for, from 0.
    pub shard: u32,
    /// How many shards the environment has.
    pub shards: u32,
    /// Id of the batch in 32 hexadecimal digits.
    pub batch: String,
    /// Epoch milliseconds at which the edge received the batch.
    pub received_at: u64,
    /// Events that the client says it had to give up, on the part that carries that count.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
    /// One entry for each event and unit type that belongs here.
    pub copies: Vec<EventCopy>,
}

/// One event as it concerns one unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventCopy {
    /// Position of the event in its batch.
    pub index: u32,
    /// Id of the event in 32 hexadecimal digits.
    pub id: String,
    /// Corrected epoch milliseconds of the event.
    pub at: u64,
    /// Type of the unit.
    pub unit_type: String,
    /// Id of the unit.
    pub unit_id: String,
    /// The hash that found the shard; it says who moves when the shards are doubled.
    pub hash: u32,
    /// What was met, when the event is an exposure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<ExposureCopy>,
    /// The line of the raw log, on the copy for the event's first unit only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

/// The variant of a flag that a unit met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExposureCopy {
    /// Key of the flag.
    pub flag: String,
    /// Name of the variant.
    pub variant: String,
    /// Epoch of the experiment, 0 outside one.
    #[serde(default)]
    pub epoch: u32,
    /// Stage of the rollout, empty outside one.
    #[serde(default)]
    pub stratum: String,
    /// Revision of the plan that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// A shard's answer, given only after its block has committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryAnswer {
    /// Indexes of the events of which a copy was not known before.
    pub fresh: Vec<u32>,
}

/// A shard's absolute totals: answer of `GET /totals`.
///
/// # Shape
///
/// Values are never deltas, and `revision` grows with every change: who collects totals keeps the
/// newest of each shard and adds the shards up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShardTotals {
    /// Number of the shard; absent when nothing was ever delivered to it.
    pub shard: Option<u32>,
    /// How often the totals have changed.
    pub revision: u64,
    /// Epoch milliseconds at which they were read.
    pub as_of: u64,
    /// In the order of their keys.
    pub cells: Vec<TotalsCell>,
    /// Events that clients say they had to give up.
    pub dropped: u64,
}

/// Sums over the subjects of one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TotalsCell {
    /// Key of the flag or of the experiment.
    pub flag: String,
    /// Unit type of the subjects.
    pub unit: String,
    /// Epoch of the experiment, 0 outside one.
    pub epoch: u32,
    /// Stage of the rollout at the subjects' first exposure, empty outside one.
    pub stratum: String,
    /// Variant that the subjects met first.
    pub variant: String,
    /// `exposed`, `mixed` (of those exposed, the ones that met another variant later), or a metric.
    pub metric: String,
    /// Property that splits the cell, or `total`.
    pub dimension: String,
    /// Value of that property, empty for `total`.
    pub level: String,
    /// Days since 1970 of the first exposures.
    pub day: i64,
    /// How many subjects.
    pub n: u64,
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

// The lint counts words: where a word is 32 bits, this is not trivial to copy.
#[cfg_attr(
    target_pointer_width = "64",
    expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes the field by reference"
    )
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
