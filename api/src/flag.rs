use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{HubsReached, Problem};

/// Answer of every request that changes a flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagChanged {
    /// Key of the flag.
    pub key: String,
    /// Version of the flag in this environment after the change; also the `ETag`.
    pub version: u32,
    /// Revision of the environment that contains the change.
    pub revision: u64,
    /// Whether that revision has reached the snapshot stores. When it has not, it will: the
    /// commit keeps it in the outbox until the stores confirm.
    pub published: bool,
    /// How many hubs have told that revision to their sockets.
    #[serde(default)]
    pub hubs: HubsReached,
    /// What the checks would like people to know.
    pub warnings: Vec<Problem>,
    /// The flag as stored, project and environment fields merged.
    pub flag: Value,
}

/// Answer of `GET …/flags`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagList {
    /// In order of their keys.
    pub flags: Vec<FlagSummary>,
}

/// One line of the list of flags.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagSummary {
    /// Key of the flag.
    pub key: String,
    /// Version of the flag in this environment.
    pub version: u32,
    /// Epoch milliseconds of that version.
    pub updated_at: u64,
    /// Name of the token that made that version.
    pub updated_by: String,
    /// Whether the flag is archived; archived flags are listed only with `?archived=true`.
    pub archived: bool,
    /// The flag as stored, project and environment fields merged.
    pub flag: Value,
}

/// Answer of `GET …/flags/{key}/history`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagHistory {
    /// Newest first.
    pub versions: Vec<FlagVersion>,
}

/// One version of a flag in one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagVersion {
    /// Grows by one with every change.
    pub version: u32,
    /// What was done: `create`, `update`, `kill`, `unkill`, `archive`, `revert`, or `inherit` when
    /// project-wide fields changed from another environment.
    pub action: String,
    /// Name of the token that did it.
    pub actor: String,
    /// Epoch milliseconds.
    pub at: u64,
    /// Why, in the words of whoever did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The whole flag at that version.
    pub flag: Value,
}

/// Body of `POST …/flags/{key}/kill` and `…/unkill`; the body may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KillRequest {
    /// Why, for the history; up to 1000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of `POST …/flags/{key}/revert`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevertRequest {
    /// The version whose content becomes the newest version.
    pub version: u32,
    /// Why, for the history; up to 1000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
