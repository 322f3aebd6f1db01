//! What travels over a push connection, and between the objects that push.
//! The contract that clients see is `docs/push.md`.

use serde::{Deserialize, Serialize};

use crate::KeyKind;

/// A flag was killed, or a kill was taken back: a signed fact that needs no snapshot.
///
/// # Shape
///
/// Applied when `revision` is above the one held, and void once a snapshot of that revision or
/// above is held. `signature` is Ed25519 over [`KillDelta::signed_text`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KillDelta {
    /// Id of the environment.
    pub environment: String,
    /// Revision whose snapshot says the same.
    pub revision: u64,
    /// Key of the flag.
    pub flag: String,
    /// Whether the flag is killed now.
    pub killed: bool,
    /// Which key signed, 16 hexadecimal digits.
    pub key_id: String,
    /// 128 hexadecimal digits.
    pub signature: String,
}

impl KillDelta {
    /// The text that the signature is over.
    pub fn signed_text(environment: &str, revision: u64, flag: &str, killed: bool) -> String {
        let killed = u8::from(killed);
        format!("pennon kill 1\n{environment}\n{revision}\n{flag}\n{killed}")
    }
}

/// What a push connection tells a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StreamMessage {
    /// The newest revision: at once after connecting, and with every publication.
    Revision {
        /// Id of the environment.
        environment: String,
        /// Never below one that the same connection told before.
        revision: u64,
        /// SHA-256 of the envelope for this client's audience, which is also its `ETag`.
        snapshot: String,
    },
    /// A kill, which goes before everything else.
    Kill(KillDelta),
}

/// What a client tells over a push connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// It decides by this revision now.
    Held {
        /// The revision.
        revision: u64,
    },
}

/// Which snapshots are the newest, as hubs know it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Newest {
    /// Revision of the environment; 0 when nobody has said yet.
    pub revision: u64,
    /// SHA-256 of the envelope for client keys.
    pub public: String,
    /// SHA-256 of the envelope for server keys.
    pub server: String,
}

/// What a Project object tells a Hub object, in the order in which it goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HubMessage {
    /// There is a new revision.
    Revision(Newest),
    /// A flag was killed, or a kill was taken back.
    Kill {
        /// What goes to clients.
        delta: KillDelta,
        /// Whether public plans contain the flag; others must not hear its key.
        public: bool,
    },
    /// A key was revoked, will expire, or may be used from other origins.
    Key {
        /// Id of the key.
        key: String,
        /// Whether it was withdrawn.
        revoked: bool,
        /// Epoch milliseconds after which it is withdrawn.
        expires_at: Option<u64>,
        /// Origins from which browsers may use it; any, when empty.
        origins: Vec<String>,
    },
}

/// What the edge tells a Hub object about a connection that it has let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamConnection {
    /// Name of the Project object that owns the environment.
    pub project: String,
    /// Id of the environment.
    pub environment: String,
    /// Part of the world, which with the environment names the hub.
    pub region: String,
    /// Id of the key.
    pub key: String,
    /// Audience of the key.
    pub kind: KeyKind,
    /// When the key expires, in epoch milliseconds.
    pub expires_at: Option<u64>,
    /// Where the page is from.
    pub origin: Option<String>,
    /// Revision that the client holds; 0 for none.
    pub held: u64,
    /// What the edge last read, for a hub that has not heard from the project yet.
    pub newest: Newest,
}

/// What a hub is asked for by isolates of the edge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Beacon {
    /// The newest revision that the hub has heard of.
    pub revision: u64,
    /// Kills of the last day, ascending by revision; those up to the revision held are void.
    pub kills: Vec<KillDelta>,
}

/// A hub's answer to who asks how far a revision has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HubState {
    /// Part of the world.
    pub region: String,
    /// The newest revision that it has told its sockets; absent when the hub does not answer.
    pub revision: Option<u64>,
    /// Open sockets.
    pub sockets: u64,
    /// Those of them whose clients say that they hold the revision asked for, or a newer one.
    pub holding: u64,
}

/// Answer of `GET …/environments/{environment}/propagation`: how far the newest revision is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Propagation {
    /// The newest revision.
    pub revision: u64,
    /// Epoch milliseconds at which it was made.
    pub published_at: u64,
    /// What the stores have confirmed.
    pub stores: StoresState,
    /// Every hub that ever had a connection, by region.
    pub hubs: Vec<HubState>,
    /// Open sockets of all hubs that answer.
    pub sockets: u64,
    /// Those of them whose clients hold the revision.
    pub holding: u64,
}

/// What the stores that the edge reads have confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StoresState {
    /// Whether the bucket has everything.
    pub archive: bool,
    /// Whether the key-value store has everything.
    pub snapshots: bool,
    /// Writes that are due, all attempts of them failed so far or about to be made.
    pub waiting: u64,
}

/// How many hubs have heard of a change, in the answer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HubsReached {
    /// Hubs that have told their sockets.
    pub reached: u64,
    /// Hubs that the environment has.
    pub of: u64,
}

/// A key that signs snapshots, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKey {
    /// 16 hexadecimal digits: the first 8 bytes of the public key's SHA-256.
    pub id: String,
    /// The Ed25519 public key in 64 hexadecimal digits.
    pub public_key: String,
    /// Whether it is the one that signs; the other is only accepted.
    pub active: bool,
    /// Epoch milliseconds.
    pub created_at: u64,
}

/// Answer of `GET …/signing-keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyList {
    /// One or two, oldest first.
    pub signing_keys: Vec<SigningKey>,
}
