//! Forgetting one person: what admins send, what shards are told, and how far they are.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Body of `POST …/erasures`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewErasure {
    /// Unit types and the id that is to be forgotten of each.
    pub units: BTreeMap<String, String>,
    /// Id that the erasure is to have, for whoever may have to send it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// An erasure over all shards: answer of `POST …/erasures` and `GET …/erasures/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// 32 hexadecimal digits.
    pub id: String,
    /// What is being done; each comes after the one before it, and none comes twice.
    pub phase: ErasurePhase,
    /// Sums over the shards that have taken it. They only grow, and `done` stays once it is true.
    #[serde(flatten)]
    pub state: ErasureState,
    /// Shards that have not taken it yet; they are asked again without another request.
    pub missing: Vec<u32>,
    /// When it was asked for, in epoch milliseconds.
    pub requested_at: u64,
    /// When it was done, in epoch milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<u64>,
}

/// How far an erasure is over all shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErasurePhase {
    /// Every shard forgets the person, and says under which ids it knew them.
    Finding,
    /// The files of the raw log are being rewritten.
    Files,
    /// Every shard forgets that it was asked about these ids.
    Closing,
    /// It is over.
    Done,
}

/// What a shard is told: body of `POST /erase`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureOrder {
    /// Id of the erasure.
    pub id: String,
    /// Id of the environment.
    pub environment: String,
    /// Its pepper in hexadecimal digits.
    pub pepper: String,
    /// Which shard it is for.
    pub shard: u32,
    /// How many there are. A shard of another number answers 409 with its own.
    pub shards: u32,
    /// Subjects in 32 hexadecimal digits each.
    pub subjects: BTreeSet<String>,
}

/// A shard's answer to an [`ErasureOrder`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureStep {
    /// The subjects of the order, and those that were merged with one of them in this shard.
    pub subjects: BTreeSet<String>,
    /// How far this shard is.
    pub state: ErasureState,
}

/// How far an erasure is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ErasureState {
    /// Subjects that were held and are forgotten.
    pub subjects: u64,
    /// Lines of the raw log that were changed or removed so far.
    pub lines: u64,
    /// Files of the raw log that were looked at so far.
    pub files: u64,
    /// Names in the bucket of files that could not be read, so that they are as they were: at most
    /// ten of each shard.
    #[serde(default)]
    pub unreadable: BTreeSet<String>,
    /// Whether all files are done, and nothing is on its way any more.
    pub done: bool,
}

/// What was deleted because it was old: a shard's answer to `POST /retain`, and the sum over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Retained {
    /// Files of the raw log.
    pub files: u64,
    /// Subjects.
    pub subjects: u64,
}
