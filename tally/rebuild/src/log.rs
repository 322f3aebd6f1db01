//! Lines of the raw log, as far as counting needs them. The contract is `docs/raw-log.md`.

use std::collections::BTreeMap;

use pennon_api::{Definitions, ShardCell};
use pennon_tally::Levels;
use serde::Deserialize;
use serde_json::Value;

/// Everything an environment was ever counted from.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// How many files the lines were in.
    pub(crate) files: usize,
    /// In the order in which they were received.
    pub(crate) lines: Vec<Line>,
    /// By hash.
    pub(crate) definitions: BTreeMap<String, Definitions>,
    /// What subjects that are no longer held stay counted with.
    pub(crate) contributions: Vec<ShardCell>,
    /// What each shard gives cells of its own, by number; empty in folders of before.
    pub(crate) shards: Vec<Levels>,
}

/// One event.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Line {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) at: u64,
    pub(crate) received_at: u64,
    /// Id of the environment.
    pub(crate) environment: String,
    /// Hash of the definitions in force.
    #[serde(default)]
    pub(crate) definitions: String,
    pub(crate) units: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) previous: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) flag: String,
    #[serde(default)]
    pub(crate) variant: String,
    #[serde(default)]
    pub(crate) revision: Option<u64>,
    #[serde(default)]
    pub(crate) epoch: u32,
    #[serde(default)]
    pub(crate) stage: String,
    #[serde(default)]
    pub(crate) levels: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) value: Option<Value>,
    /// Why the edge left it uncounted.
    #[serde(default)]
    pub(crate) uncounted: Option<String>,
}

impl Line {
    /// The last 8 bytes of the id, which are random.
    pub(crate) fn random_part(&self) -> u64 {
        let digits: String = self.id.chars().filter(|digit| *digit != '-').collect();
        let random = digits.get(digits.len().saturating_sub(16)..);
        random
            .and_then(|digits| u64::from_str_radix(digits, 16).ok())
            .unwrap_or_default()
    }
}
