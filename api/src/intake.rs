//! What the edge hands to a Shard object, what it answers, and the totals that it is asked for.
//! The contract that clients see is `docs/events.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Definitions;

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
    /// Events that the client says it had to give up, on the part for the shard of [`loss_hash`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
    /// Hash of the definitions that were in force when the batch came in; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub definitions: String,
    /// What it is the hash of, when the shard has asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definitions_body: Option<Definitions>,
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
    /// What was done, when the event is a `track` event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<TrackCopy>,
    /// Who the unit is from now on, on the copy of an `identify` event for the id it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<MergeCopy>,
    /// The line of the raw log, on one of the event's copies: which one depends on the event alone.
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
    /// Values of the configured dimensions, by their keys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, String>,
}

/// What a unit did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrackCopy {
    /// Name of the event.
    pub name: String,
    /// How much, in the metric's own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// Another id of the same type that is the same unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeCopy {
    /// Id of the unit from now on.
    pub into: String,
    /// The hash that finds the shard of that id.
    pub hash: u32,
}

impl Delivery {
    /// The same delivery, cut for another number of shards.
    #[must_use]
    pub fn recut(&self, shards: u32) -> Vec<Delivery> {
        let mut copies: BTreeMap<u32, Vec<EventCopy>> = BTreeMap::new();
        for copy in &self.copies {
            let shard = copy.hash.checked_rem(shards).unwrap_or(0);
            copies.entry(shard).or_default().push(copy.clone());
        }
        if copies.is_empty() {
            copies.insert(self.shard.checked_rem(shards).unwrap_or(0), Vec::new());
        }
        let counts_loss = loss_hash(&self.batch).checked_rem(shards).unwrap_or(0);
        if self.dropped > 0 {
            copies.entry(counts_loss).or_default();
        }
        copies
            .into_iter()
            .map(|(shard, copies)| Delivery {
                shard,
                shards,
                dropped: if shard == counts_loss {
                    self.dropped
                } else {
                    0
                },
                copies,
                ..self.without_copies()
            })
            .collect()
    }

    fn without_copies(&self) -> Delivery {
        Delivery {
            environment: self.environment.clone(),
            pepper: self.pepper.clone(),
            batch: self.batch.clone(),
            definitions: self.definitions.clone(),
            definitions_body: self.definitions_body.clone(),
            copies: Vec::new(),
            ..*self
        }
    }
}

/// The hash that finds the shard which counts what a batch says was given up, and that says whether
/// it moves when the shards are doubled: the last 4 bytes of the batch's id, which are random.
pub fn loss_hash(batch: &str) -> u32 {
    let digits = batch.get(batch.len().saturating_sub(8)..);
    let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    number.unwrap_or_default()
}

/// A shard's refusal of what belongs to another number of shards: body of 409.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherShards {
    /// How many shards the environment has, as far as this shard knows.
    pub shards: u32,
}

/// A shard's answer, given only after its block has committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryAnswer {
    /// Indexes of the events of which a copy was not known before.
    pub fresh: Vec<u32>,
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
