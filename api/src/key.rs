use serde::{Deserialize, Serialize};

/// Who holds a key, and with it what the key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// `pk_…`, public: reads the public plan, writes events.
    Client,
    /// `sk_…`, secret: reads the server plan, evaluates for any context, writes events.
    Server,
}

/// Body of `POST …/environments/{environment}/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    /// Client or server.
    pub kind: KeyKind,
    /// Web origins that may use a client key, as [`OriginPattern`](crate::OriginPattern) reads them;
    /// empty means any.
    #[serde(default)]
    pub origins: Vec<String>,
}

/// Body of `PATCH …/keys/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyOrigins {
    /// Replaces the origins of a client key; empty means any.
    pub origins: Vec<String>,
}

/// Body of `POST …/keys/{id}/rotate`; the body may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KeyRotation {
    /// How long the replaced key is still accepted; 0 to 2 592 000, default 86 400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_seconds: Option<u64>,
}

/// A key as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// First sixteen hexadecimal digits of the key's SHA-256.
    pub id: String,
    /// Client or server.
    pub kind: KeyKind,
    /// The whole key: always for client keys, which are public, and once, in the answer that
    /// creates it, for server keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Last four characters, to recognise a key by.
    pub last4: String,
    /// Web origins that may use it; empty means any.
    pub origins: Vec<String>,
    /// Epoch milliseconds.
    pub created_at: u64,
    /// Epoch milliseconds after which it is refused: set when it was rotated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
    /// Epoch milliseconds of its revocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<u64>,
}

/// Answer of `GET …/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// In order of creation, rotated and revoked keys included.
    pub keys: Vec<Key>,
}
