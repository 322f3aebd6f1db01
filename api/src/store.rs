//! The records that publishing writes to the `SNAPSHOTS` store and to the `ARCHIVE` bucket, and
//! that the edge reads while the control Worker may be down. Their names are in `docs/stores.md`.

use serde::{Deserialize, Serialize};

use crate::{DefinitionsRecord, KeyKind, Retention};

/// What a key opens: the record `key/<sha256 of the key>`.
///
/// # Shape
///
/// A revoked key keeps its record, so that the edge can tell it from a key that never was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// Version of this shape: 1.
    pub schema: u32,
    /// The first 16 hexadecimal digits of the key's SHA-256.
    pub key: String,
    /// Which audience it opens.
    pub kind: KeyKind,
    /// Name of the Project object that owns it.
    pub project: String,
    /// The environment that it opens, and no other.
    pub environment: String,
    /// Origins from which browsers may use it; any, when empty.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Whether it was withdrawn.
    #[serde(default)]
    pub revoked: bool,
    /// Epoch milliseconds after which it is withdrawn by itself, when it was rotated.
    #[serde(default)]
    pub expires_at: Option<u64>,
}

/// What an environment serves now: the record `env/<environment id>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentRecord {
    /// Version of this shape: 1.
    pub schema: u32,
    /// Id of the environment.
    pub environment: String,
    /// Name of the Project object that owns it.
    pub project: String,
    /// Revision of the snapshots; it only grows.
    pub revision: u64,
    /// Epoch milliseconds of the publication.
    pub published_at: u64,
    /// What client keys open.
    pub public: AudienceRecord,
    /// What server keys open.
    pub server: AudienceRecord,
    /// Unit types in use, the most important first; never empty.
    pub units: Vec<String>,
    /// How many shards hold the environment's subjects.
    pub shards: u32,
    /// 32 bytes in hexadecimal that key the hashes of subjects; they never change.
    pub pepper: String,
    /// What shards count; absent in records of the first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definitions: Option<DefinitionsRecord>,
    /// Keys whose signatures clients may accept: one, or two while one replaces the other.
    #[serde(default)]
    pub signing_keys: Vec<SigningKeyRecord>,
    /// How long what was counted is kept.
    #[serde(default)]
    pub retention: Retention,
}

/// The documents of one audience, by content.
///
/// # Units
///
/// SHA-256 in 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AudienceRecord {
    /// Of the envelope, which is stored as `snap/<hash>`.
    pub snapshot: String,
    /// Of the plan inside the envelope.
    pub plan: String,
    /// Of the names that explaining needs, which are stored as `names/<hash>`.
    pub names: String,
    /// Of the compressed copies of the envelope; absent in records of versions that made none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoded: Option<EncodedRecord>,
}

/// Compressed copies of an envelope, by content.
///
/// # Units
///
/// SHA-256 in 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EncodedRecord {
    /// Of the copy in brotli, which is stored as `snap/<hash of the envelope>.br`.
    pub br: String,
    /// Of the copy in gzip, which is stored as `snap/<hash of the envelope>.gz`.
    pub gzip: String,
}

/// A public key that clients may check snapshots with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyRecord {
    /// 16 hexadecimal digits: the first 8 bytes of the public key's SHA-256.
    pub id: String,
    /// The Ed25519 public key in 64 hexadecimal digits.
    pub public_key: String,
}
