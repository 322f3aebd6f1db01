use serde::{Deserialize, Serialize};

/// Body of `POST /api/v1/projects`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProject {
    /// Stable key, 1 to 64 of `a-z`, `0-9`, `-`, beginning with a letter or digit.
    pub key: String,
    /// What people call it, 1 to 200 characters.
    pub name: String,
}

/// A project as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Stable key.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Epoch milliseconds.
    pub created_at: u64,
}

/// Body of `DELETE /api/v1/projects/{p}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRemoval {
    /// The key of the project once more.
    pub confirm: String,
}

/// Answer of `DELETE /api/v1/projects/{p}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRemoved {
    /// The key, which is free again.
    pub key: String,
    /// Names in the bucket that begin so are left for whoever owns the bucket.
    pub kept: Vec<String>,
}

/// Answer of `GET /api/v1/projects`: what the token may see, by key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectList {
    /// In order of their keys.
    pub projects: Vec<Project>,
}
