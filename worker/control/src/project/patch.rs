//! Every change that can be made to a project: the one argument of `apply` that says what.

use pennon_api::EnvironmentSettings;
use serde_json::{Map, Value};

use crate::policy::Action;
use crate::store::access_keys::AccessKeyRow;
use crate::store::environments::EnvironmentRow;
use crate::store::signing_keys::SigningKeyRow;

/// One change.
pub(crate) enum Patch {
    /// Store a flag as it was sent.
    PutFlag {
        environment: String,
        key: String,
        document: Map<String, Value>,
    },
    /// Make an old version the newest one.
    RevertFlag {
        environment: String,
        key: String,
        /// The content of the old version.
        document: Map<String, Value>,
        reason: Option<String>,
    },
    /// Set or clear the bit above everything.
    SetKilled {
        environment: String,
        key: String,
        killed: bool,
        reason: Option<String>,
    },
    /// Take a flag out of every environment.
    ArchiveFlag { environment: String, key: String },
    /// Store a segment, list, attribute, group or metric.
    PutDefinition {
        kind: &'static str,
        key: String,
        document: Value,
    },
    /// Remove one.
    DeleteDefinition { kind: &'static str, key: String },
    /// Add an environment in which every flag is dormant.
    AddEnvironment(EnvironmentRow),
    /// Change how long an environment's snapshots and counts are kept.
    PutSettings {
        environment: String,
        settings: EnvironmentSettings,
    },
    /// Replace the keys that sign an environment's snapshots.
    PutSigningKeys {
        environment: String,
        action: &'static str,
        keys: Vec<SigningKeyRow>,
    },
    /// Seal an environment's snapshots anew before they expire.
    Reseal { environment: String },
    /// Say that the environment has other shards now.
    SetShards { environment: String, shards: u32 },
    /// Add a key, or change its origins, its expiry or its revocation.
    PutKeys {
        action: &'static str,
        keys: Vec<AccessKeyRow>,
    },
}

impl Patch {
    /// What an actor must be allowed to do.
    pub(crate) fn action(&self) -> Action {
        match self {
            Self::PutFlag { .. }
            | Self::RevertFlag { .. }
            | Self::SetKilled { .. }
            | Self::ArchiveFlag { .. }
            | Self::PutDefinition { .. }
            | Self::DeleteDefinition { .. } => Action::ChangeDocuments,
            Self::AddEnvironment(_)
            | Self::PutSettings { .. }
            | Self::SetShards { .. }
            | Self::Reseal { .. } => Action::ManageEnvironments,
            Self::PutKeys { .. } | Self::PutSigningKeys { .. } => Action::ManageKeys,
        }
    }

    /// The document that was sent, as problems name it: `flags/checkout`, and its environment.
    pub(crate) fn subject(&self) -> (Option<String>, Option<&str>) {
        match self {
            Self::PutFlag {
                environment, key, ..
            }
            | Self::RevertFlag {
                environment, key, ..
            }
            | Self::SetKilled {
                environment, key, ..
            }
            | Self::ArchiveFlag { environment, key } => {
                (Some(format!("flags/{key}")), Some(environment))
            }
            Self::PutDefinition { kind, key, .. } | Self::DeleteDefinition { kind, key } => {
                (Some(format!("{kind}/{key}")), None)
            }
            Self::AddEnvironment(_)
            | Self::PutKeys { .. }
            | Self::PutSettings { .. }
            | Self::PutSigningKeys { .. }
            | Self::SetShards { .. }
            | Self::Reseal { .. } => (None, None),
        }
    }
}
