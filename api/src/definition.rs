use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Problem;

/// A segment, list, attribute or metric of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Its id, name or key within its kind.
    pub key: String,
    /// Grows by one with every change; also the `ETag`.
    pub version: u32,
    /// Epoch milliseconds of that version.
    pub updated_at: u64,
    /// Name of the token that made that version.
    pub updated_by: String,
    /// The document as it was sent.
    pub document: Value,
}

/// Answer of `GET …/segments`, `…/lists`, `…/attributes` and `…/metrics`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DefinitionList {
    /// In order of their keys.
    pub items: Vec<Definition>,
}

/// Answer of every request that changes a definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DefinitionChanged {
    /// Its id, name or key within its kind.
    pub key: String,
    /// Version after the change; also the `ETag`.
    pub version: u32,
    /// Whether every environment that the change touches has reached the snapshot stores.
    pub published: bool,
    /// What the checks would like people to know.
    pub warnings: Vec<Problem>,
}
