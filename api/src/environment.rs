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
    /// Ed25519 public key of its snapshots, 64 hexadecimal digits.
    pub public_key: String,
    /// Epoch milliseconds.
    pub created_at: u64,
}

/// Answer of `GET …/environments`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentList {
    /// In order of creation.
    pub environments: Vec<Environment>,
}
