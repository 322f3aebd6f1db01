//! Small records that change: what a key opens, what an environment serves.

use std::rc::Rc;
use std::time::Duration;

use pennon_api::{EnvironmentRecord, KeyRecord};
use serde::de::DeserializeOwned;
use worker::{Date, Error, Result, console_error};

use super::project;
use super::timeout::within;
use crate::error::{Failure, FailureKind};
use crate::key::KeyText;
use crate::memory::{Held, Remembered};
use crate::settings::Settings;

/// How long an isolate trusts a key's record: the longest delay of a revocation.
const KEY_FRESH_MS: u64 = 5_000;
/// How long an isolate trusts that a key does not exist.
const NO_KEY_FRESH_MS: u64 = 2_000;
/// How long an isolate trusts an environment's record, so that a page sees a change within a poll.
const ENVIRONMENT_FRESH_MS: u64 = 2_000;
/// How long one store may take.
const STORE_LIMIT: Duration = Duration::from_secs(2);

/// What a key opens.
pub(crate) async fn key(
    settings: &Settings,
    text: &KeyText<'_>,
) -> std::result::Result<Rc<KeyRecord>, Failure> {
    let name = text.record_name();
    let held = KeyRecord::recall(&name);
    let record = match held {
        Some(Held { record, read_at }) if is_fresh_key(record.is_some(), read_at) => record,
        held => {
            let read = read(settings, &name)
                .await
                .map(|record| record.map(Rc::new));
            settle(&name, read, held)?
        }
    };
    record.ok_or_else(|| Failure::new(FailureKind::KeyUnknown, "there is no such key"))
}

/// What an environment serves now; when nobody answers, what it served when somebody last did.
pub(crate) async fn environment(
    settings: &Settings,
    key: &KeyRecord,
) -> std::result::Result<Rc<EnvironmentRecord>, Failure> {
    let name = format!("env/{}", key.environment);
    let held = EnvironmentRecord::recall(&name);
    let record = match held {
        Some(Held { record, read_at }) if is_younger(read_at, ENVIRONMENT_FRESH_MS) => record,
        held => {
            let read = match read(settings, &name).await {
                Ok(Some(record)) => Ok(record),
                _ => project::ask(settings, &key.project, &name)
                    .await
                    .and_then(|bytes| parse(&bytes)),
            };
            // Other requests have read meanwhile, and perhaps something newer.
            let held = EnvironmentRecord::recall(&name).or(held);
            let read = read.map(|record| Some(newest(record, held.as_ref())));
            settle(&name, read, held)?
        }
    };
    record.ok_or_else(|| {
        let message = format!("nothing is known of `{}` at the moment", key.environment);
        Failure::new(FailureKind::StoreUnavailable, message)
    })
}

/// Revisions only grow: a store that lags behind does not take an isolate back.
fn newest(
    read: EnvironmentRecord,
    held: Option<&Held<EnvironmentRecord>>,
) -> Rc<EnvironmentRecord> {
    match held.and_then(|held| held.record.clone()) {
        Some(known) if known.revision > read.revision => known,
        _ => Rc::new(read),
    }
}

/// Remembers what was read, or keeps what was held when nothing could be read.
///
/// Either way nobody looks again before the record is no longer fresh, so that requests do not all
/// wait for stores that are down.
fn settle<T: Remembered>(
    name: &str,
    read: Result<Option<Rc<T>>>,
    held: Option<Held<T>>,
) -> std::result::Result<Option<Rc<T>>, Failure> {
    let record = match (read, held) {
        (Ok(record), _) => record,
        (Err(error), Some(held)) => {
            console_error!("{name} is served as it was: {error}");
            held.record
        }
        (Err(error), None) => {
            return Err(Failure::new(
                FailureKind::StoreUnavailable,
                error.to_string(),
            ));
        }
    };
    let read_at = Date::now().as_millis();
    T::remember(
        name,
        Held {
            record: record.clone(),
            read_at,
        },
    );
    Ok(record)
}

/// The bucket first, since it is consistent; the key-value store when the bucket fails or lacks it.
async fn read<T: DeserializeOwned>(settings: &Settings, name: &str) -> Result<Option<T>> {
    let archived = within(STORE_LIMIT, archived(settings, name)).await;
    if let Ok(Some(bytes)) = &archived {
        return parse(bytes).map(Some);
    }
    let near = within(STORE_LIMIT, near(settings, name)).await;
    match (archived, near) {
        (_, Ok(Some(bytes))) => parse(&bytes).map(Some),
        (Ok(_), Ok(None)) => Ok(None),
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

async fn archived(settings: &Settings, name: &str) -> Result<Option<Vec<u8>>> {
    match settings.archive.get(name).execute().await? {
        Some(object) => match object.body() {
            Some(body) => body.bytes().await.map(Some),
            None => Ok(None),
        },
        None => Ok(None),
    }
}

async fn near(settings: &Settings, name: &str) -> Result<Option<Vec<u8>>> {
    Ok(settings.snapshots.get(name).bytes().await?)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| Error::RustError(error.to_string()))
}

fn is_fresh_key(exists: bool, read_at: u64) -> bool {
    let limit = if exists {
        KEY_FRESH_MS
    } else {
        NO_KEY_FRESH_MS
    };
    is_younger(read_at, limit)
}

fn is_younger(read_at: u64, fresh_ms: u64) -> bool {
    Date::now().as_millis().saturating_sub(read_at) < fresh_ms
}
