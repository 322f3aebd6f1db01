//! Forgetting one person: what admins send, what shards are told, and how far they are.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Body of `POST …/erasures`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewErasure {
    /// Unit types and the id that is to be forgotten of each.
    pub units: BTreeMap<String, String>,
    /// Id of an erasure that was answered 503, to send it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// An erasure over all shards: answer of `POST …/erasures` and `GET …/erasures/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// 32 hexadecimal digits.
    pub id: String,
    /// Sums over the shards that have taken it.
    #[serde(flatten)]
    pub state: ErasureState,
    /// Shards that hold something and have not taken it; send it again with its id.
    pub missing: Vec<u32>,
}

/// Who is to be forgotten: body of a shard's `POST /kin`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KinQuestion {
    /// Unit types and ids as the application knows them.
    pub units: BTreeMap<String, String>,
    /// Subjects in 32 hexadecimal digits each.
    pub subjects: BTreeSet<String>,
}

/// The subjects of a [`KinQuestion`], and those that were merged into one of them in this shard.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Kin {
    /// Subjects in 32 hexadecimal digits each.
    pub subjects: BTreeSet<String>,
}

/// What a shard is told: body of `POST /erase`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureOrder {
    /// Id of the erasure.
    pub id: String,
    /// Subjects in 32 hexadecimal digits each.
    pub subjects: BTreeSet<String>,
}

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ErasureState {
    /// Subjects that were held and are forgotten.
    pub subjects: u64,
    /// Lines of the raw log that were changed or removed so far.
    pub lines: u64,
    /// Files of the raw log that were looked at so far.
    pub files: u64,
    /// Whether all files are done.
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
