//! What a patch comes down to: rows to write, environments to publish, one line of audit.

use pennon_api::{FlagVersion, HubMessage, KeyRecord};

use crate::policy::Actor;
use crate::store::access_keys::{self, AccessKeyRow};
use crate::store::audit::AuditEntry;
use crate::store::definitions::{self, DefinitionRow};
use crate::store::environments::{self, EnvironmentRow};
use crate::store::flags::{self, FlagPartRow, FlagRow};
use crate::store::{Db, hub_outbox, outbox, versions};

/// A patch, worked out against a model.
pub(crate) struct Change {
    pub(crate) writes: Vec<Write>,
    /// Keys of the environments whose ruleset may differ now.
    pub(crate) environments: Vec<String>,
    pub(crate) audit: AuditEntry,
    /// Version of what the patch is about, after it.
    pub(crate) version: Option<u32>,
    /// What connected clients hear before there is a snapshot.
    pub(crate) kill: Option<Kill>,
    /// Whether snapshots are sealed anew although they say the same.
    pub(crate) must_seal: bool,
}

/// A killed bit that changed.
pub(crate) struct Kill {
    /// Key of the environment.
    pub(crate) environment: String,
    pub(crate) flag: String,
    pub(crate) killed: bool,
    /// Whether public plans contain the flag.
    pub(crate) public: bool,
}

/// One row.
pub(crate) enum Write {
    Flag(FlagRow),
    FlagPart(FlagPartRow),
    FlagVersion {
        environment: String,
        flag: String,
        version: FlagVersion,
    },
    Definition(DefinitionRow),
    Environment(EnvironmentRow),
    /// Settings and signing keys of an environment that is there.
    EnvironmentChange(EnvironmentRow),
    /// A key, and what the edge is told about it.
    Key(AccessKeyRow, KeyRecord),
}

impl Write {
    /// Writes it, inside the transaction of `apply`.
    pub(crate) fn run(&self, db: &Db) -> worker::Result<()> {
        match self {
            Self::Flag(row) => flags::put(db, row),
            Self::FlagPart(row) => flags::put_part(db, row),
            Self::FlagVersion {
                environment,
                flag,
                version,
            } => versions::insert(db, environment, flag, version),
            Self::Definition(row) => definitions::insert(db, row),
            Self::Environment(row) => environments::insert(db, row),
            Self::EnvironmentChange(row) => environments::update(db, row),
            Self::Key(row, record) => {
                access_keys::put(db, row)?;
                hub_outbox::push(db, &record.environment, &news_of(record))?;
                let target = format!("key/{}", row.hash);
                outbox::push(
                    db,
                    &record.environment,
                    &target,
                    &serde_json::to_vec(record)?,
                )
            }
        }
    }
}

/// What hubs must know of a key, so that no connection outlives it.
fn news_of(record: &KeyRecord) -> HubMessage {
    HubMessage::Key {
        key: record.key.clone(),
        revoked: record.revoked,
        expires_at: record.expires_at,
        origins: record.origins.clone(),
    }
}

/// Who makes a change, and when.
#[derive(Clone, Copy)]
pub(crate) struct Author<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) now: u64,
}
