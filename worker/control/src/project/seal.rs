//! Signing: envelopes around plans, and kills.

use ed25519_dalek::{Signer as _, SigningKey};
use pennon_api::{EnvironmentRecord, KillDelta, SigningKeyRecord};
use pennon_ruleset::{Header, key_id, seal};

use crate::credential::{from_hex, hex};
use crate::error::ApiError;
use crate::store::environments::{self, EnvironmentRow};
use crate::store::signing_keys::SigningKeyRow;
use crate::store::{Db, snapshots};

/// How long a snapshot says it is good for, where the environment says nothing: 7 days.
const DEFAULT_LIFETIME_MS: u64 = 604_800_000;

/// What signs all that one change publishes in one environment.
pub(super) struct Pen {
    key: SigningKey,
    key_id: [u8; 8],
    pub(super) revision: u64,
    pub(super) now: u64,
    expires_ms: u64,
}

impl Pen {
    /// The active key, for the revision after the newest.
    ///
    /// # Errors
    ///
    /// 500 when a stored key cannot be read.
    pub(super) fn new(
        environment: &EnvironmentRow,
        newest: Option<&EnvironmentRecord>,
        now: u64,
    ) -> Result<Self, ApiError> {
        let active = environment.active_key();
        let active = active.ok_or_else(|| ApiError::internal("no signing key is active"))?;
        let key = signing_key(&active.seed)?;
        Ok(Self {
            key_id: key_id(key.verifying_key().as_bytes()),
            key,
            revision: newest.map_or(1, |newest| newest.revision + 1),
            now,
            expires_ms: now.saturating_add(lifetime_ms(environment)),
        })
    }

    /// The envelope of a plan.
    pub(super) fn seal(&self, environment: &str, plan: &[u8]) -> Result<Vec<u8>, ApiError> {
        let header = Header {
            environment: environment.to_owned(),
            revision: self.revision,
            issued_ms: self.now,
            expires_ms: self.expires_ms,
            key_id: self.key_id,
        };
        seal(&header, plan, |bytes| self.key.sign(bytes).to_bytes()).map_err(ApiError::internal)
    }
}

/// The signed form of a kill, or of taking one back.
///
/// # Errors
///
/// 500 when a stored key cannot be read.
pub(super) fn kill_delta(
    environment: &EnvironmentRow,
    revision: u64,
    (flag, killed): (&str, bool),
) -> Result<KillDelta, ApiError> {
    let active = environment.active_key();
    let active = active.ok_or_else(|| ApiError::internal("no signing key is active"))?;
    let key = signing_key(&active.seed)?;
    let text = KillDelta::signed_text(&environment.id, revision, flag, killed);
    Ok(KillDelta {
        environment: environment.id.clone(),
        revision,
        flag: flag.to_owned(),
        killed,
        key_id: hex(&key_id(key.verifying_key().as_bytes())),
        signature: hex(&key.sign(text.as_bytes()).to_bytes()),
    })
}

/// A new key pair that does not sign yet.
pub(crate) fn new_signing_key(seed: &[u8; 32], now: u64) -> SigningKeyRow {
    let key = SigningKey::from_bytes(seed);
    SigningKeyRow {
        seed: hex(seed),
        public_key: hex(key.verifying_key().as_bytes()),
        active: false,
        created_at: now,
    }
}

/// The short name of a stored key.
///
/// # Errors
///
/// 500 when it is not 32 bytes in hexadecimal.
pub(crate) fn id_of_key(row: &SigningKeyRow) -> Result<String, ApiError> {
    Ok(hex(&key_id(&bytes_of(&row.public_key)?)))
}

/// The keys whose signatures are accepted, for who checks them.
///
/// # Errors
///
/// 500 when a stored key cannot be read.
pub(super) fn accepted(environment: &EnvironmentRow) -> Result<Vec<SigningKeyRecord>, ApiError> {
    let records = environment.signing_keys.iter().map(|row| {
        Ok(SigningKeyRecord {
            id: id_of_key(row)?,
            public_key: row.public_key.clone(),
        })
    });
    records.collect()
}

/// Epoch milliseconds at which the next snapshot must be sealed anew: half its life after it was
/// published, so that only a control plane that is dead for days lets one expire.
pub(super) fn reseal_due(db: &Db) -> worker::Result<Option<u64>> {
    let mut first = None;
    for environment in environments::all(db)? {
        if let Some(newest) = snapshots::newest(db, &environment.id)? {
            let due = newest
                .published_at
                .saturating_add(lifetime_ms(&environment) / 2);
            first = Some(first.map_or(due, |first: u64| first.min(due)));
        }
    }
    Ok(first)
}

/// Keys of the environments whose snapshots must be sealed anew by now, with the project's name.
pub(super) fn to_reseal(db: &Db, now: u64) -> worker::Result<Vec<(String, String)>> {
    let mut due = Vec::new();
    for environment in environments::all(db)? {
        let newest = snapshots::newest(db, &environment.id)?;
        let Some(newest) = newest else { continue };
        if newest
            .published_at
            .saturating_add(lifetime_ms(&environment) / 2)
            <= now
        {
            due.push((environment.key, newest.project));
        }
    }
    Ok(due)
}

fn lifetime_ms(environment: &EnvironmentRow) -> u64 {
    let settings = &environment.settings;
    settings.snapshot_lifetime_ms.unwrap_or(DEFAULT_LIFETIME_MS)
}

fn signing_key(seed: &str) -> Result<SigningKey, ApiError> {
    Ok(SigningKey::from_bytes(&bytes_of(seed)?))
}

fn bytes_of(digits: &str) -> Result<[u8; 32], ApiError> {
    let bytes = from_hex(digits).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.ok_or_else(|| ApiError::internal("a stored key is not 32 bytes"))
}
