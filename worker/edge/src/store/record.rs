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
const KEY_FRESH_MS: u64 = 10_000;
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
    let fresh = |held: &Held<KeyRecord>| match held.record {
        Some(_) => is_younger(held.read_at, KEY_FRESH_MS),
        None => is_younger(held.read_at, NO_KEY_FRESH_MS),
    };
    let held = match held {
        Some(held) if fresh(&held) => held,
        held => look(settings, &name, held).await?,
    };
    held.record
        .ok_or_else(|| Failure::new(FailureKind::KeyUnknown, "there is no such key"))
}

/// What an environment serves now; when no store answers, what it served when one last did.
pub(crate) async fn environment(
    settings: &Settings,
    key: &KeyRecord,
) -> std::result::Result<Rc<EnvironmentRecord>, Failure> {
    let name = format!("env/{}", key.environment);
    let held = match EnvironmentRecord::recall(&name) {
        Some(held) if is_younger(held.read_at, ENVIRONMENT_FRESH_MS) => held,
        held => look(settings, &name, held).await?,
    };
    if let Some(record) = held.record {
        return Ok(record);
    }
    let path = format!("env/{}", key.environment);
    let bytes = project::ask(settings, &key.project, &path)
        .await
        .map_err(|error| unavailable(&error))?;
    let record = Rc::new(parse::<EnvironmentRecord>(&bytes).map_err(|error| unavailable(&error))?);
    EnvironmentRecord::remember(&name, now_holding(Some(record.clone())));
    Ok(record)
}

/// Asks the stores, and falls back to what was held before they failed.
async fn look<T: Remembered + DeserializeOwned>(
    settings: &Settings,
    name: &str,
    held: Option<Held<T>>,
) -> std::result::Result<Held<T>, Failure> {
    match read(settings, name).await {
        Ok(record) => {
            let held = now_holding(record.map(Rc::new));
            T::remember(
                name,
                Held {
                    record: held.record.clone(),
                    read_at: held.read_at,
                },
            );
            Ok(held)
        }
        Err(error) => {
            console_error!("no store answers for {name}: {error}");
            held.ok_or_else(|| unavailable(&error))
        }
    }
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

fn unavailable(error: &Error) -> Failure {
    Failure::new(FailureKind::StoreUnavailable, error.to_string())
}

fn now_holding<T>(record: Option<Rc<T>>) -> Held<T> {
    Held {
        record,
        read_at: Date::now().as_millis(),
    }
}

fn is_younger(read_at: u64, fresh_ms: u64) -> bool {
    Date::now().as_millis().saturating_sub(read_at) < fresh_ms
}
