use serde::{Deserialize, Serialize};

/// Body of `POST /api/v1/projects/{project}/environments`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEnvironment {
    /// Stable key, unique in the project; the same characters as a project's key.
    pub key: String,
    /// What people call it, 1 to 200 characters.
    pub name: String,
}

/// An environment as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Stable key, unique in the project.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Unique everywhere: `env_` and twelve characters; snapshots and keys carry it.
    pub id: String,
    /// The newest revision; it only grows.
    pub revision: u64,
    /// Whether the newest revision has reached the snapshot stores.
    pub published: bool,
    /// How many Shard objects count its events.
    pub shards: u32,
    /// Ed25519 public key that its snapshots are signed with, 64 hexadecimal digits.
    pub public_key: String,
    /// What it was told.
    #[serde(default)]
    pub settings: EnvironmentSettings,
    /// Epoch milliseconds.
    pub created_at: u64,
}

/// Answer of `GET …/environments`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentList {
    /// In order of creation.
    pub environments: Vec<Environment>,
}

/// Body of `PATCH …/environments/{environment}`, and what an environment remembers of it.
///
/// # Shape
///
/// In a request, what is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentSettings {
    /// How long a snapshot says it is good for: 10 000 to 31 536 000 000 ms, 7 days when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_lifetime_ms: Option<u64>,
    /// How long what was counted is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
}

/// How long what was counted is kept; for ever where a number is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Days that a file of the raw log is kept, 1 to 3650.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_log_days: Option<u32>,
    /// Days that a subject is kept after it was last heard of, 1 to 3650.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_days: Option<u32>,
}
