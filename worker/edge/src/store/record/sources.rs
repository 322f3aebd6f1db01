//! Where records come from, one source after the other.

use std::time::Duration;

use worker::{Date, Error, Result};

use super::{Names, Record};
use crate::log;
use crate::settings::Settings;
use crate::store::near::{self, Copy};
use crate::store::project as object;
use crate::store::timeout::within;
use crate::visit::VisitId;

/// How long one store may take.
const STORE_LIMIT: Duration = Duration::from_millis(1_500);
/// How long the cache may take.
const CACHE_LIMIT: Duration = Duration::from_millis(500);
/// How long a copy in the cache can stand in for all stores: a week.
const CACHE_SECONDS: u32 = 604_800;

/// What a source said.
pub(super) struct Said<T> {
    /// Absent when both stores agree that there is none.
    pub(super) record: Option<T>,
    /// Epoch milliseconds when a store said so.
    pub(super) read_at: u64,
    /// Whether that is recent; else it is an old copy, for want of anything better.
    pub(super) is_confirmed: bool,
}

/// What a look came to.
pub(super) struct Found<T> {
    /// Absent when nobody answers.
    pub(super) read: Option<Said<T>>,
    /// What other isolates of the location may have.
    pub(super) to_share: Option<Copy>,
    /// Whether it is what the owner of the record says.
    pub(super) is_owners: bool,
}

/// A copy that another isolate read within `limit_ms`; else the stores, and the object that owns
/// the record; else the copy, however old.
pub(super) async fn look<T: Record>(
    settings: &Settings,
    id: VisitId,
    names: &Names,
    limit_ms: u64,
) -> Found<T> {
    let copy = match within(CACHE_LIMIT, near::get(&names.store)).await {
        Ok(copy) => copy,
        Err(error) => {
            log::source_failed(id, "cache", &names.store, &error.to_string());
            None
        }
    };
    let copy = copy.and_then(|copy| parse(id, "cache", names, &copy.bytes, copy.read_at));
    let now = Date::now().as_millis();
    if let Some(read) = copy {
        if now.saturating_sub(read.read_at) < limit_ms && reaches(&read, names) {
            return Found {
                read: Some(read),
                to_share: None,
                is_owners: false,
            };
        }
        let found = stores(settings, id, names).await;
        return match found.read {
            Some(_) => found,
            None => Found {
                read: Some(Said {
                    is_confirmed: false,
                    ..read
                }),
                to_share: None,
                is_owners: false,
            },
        };
    }
    stores(settings, id, names).await
}

/// Leaves a copy for other isolates.
pub(super) async fn share(id: VisitId, name: String, copy: Copy) {
    if let Err(error) = near::put(&name, copy, CACHE_SECONDS).await {
        log::source_failed(id, "cache", &name, &error.to_string());
    }
}

/// What the object that owns the record says.
pub(super) async fn project<T: Record>(
    settings: &Settings,
    id: VisitId,
    names: &Names,
) -> Option<Said<T>> {
    let owner = names.project.as_ref()?;
    let read_at = Date::now().as_millis();
    match object::ask(settings, owner, &names.store).await {
        Ok(bytes) => parse(id, "project", names, &bytes, read_at),
        Err(error) => {
            log::source_failed(id, "project", &names.store, &error.to_string());
            None
        }
    }
}

/// The bucket first, since it is consistent; then the key-value store, when the bucket fails or
/// lacks the record; then its owner.
async fn stores<T: Record>(settings: &Settings, id: VisitId, names: &Names) -> Found<T> {
    let read_at = Date::now().as_millis();
    let archived = within(STORE_LIMIT, archived(settings, &names.store)).await;
    let first = shared(id, "r2", names, &archived, read_at);
    let first = match first {
        Some(found) if found.reaches(names) => return found,
        first => first,
    };
    let near = within(STORE_LIMIT, near_by(settings, &names.store)).await;
    let second = match shared(id, "kv", names, &near, read_at) {
        Some(found) if found.reaches(names) => return found,
        second => second,
    };
    let read = match (archived, near) {
        (Ok(None), Ok(None)) if names.project.is_none() => Some(Said {
            record: None,
            read_at,
            is_confirmed: true,
        }),
        _ => project(settings, id, names).await,
    };
    match (read, first.or(second)) {
        (None, Some(found)) => found,
        (read, _) => Found {
            is_owners: read.is_some(),
            read,
            to_share: None,
        },
    }
}

impl<T: Record> Found<T> {
    fn reaches(&self, names: &Names) -> bool {
        self.read.as_ref().is_some_and(|read| reaches(read, names))
    }
}

/// Whether it is at least the revision that somebody has heard of.
fn reaches<T: Record>(read: &Said<T>, names: &Names) -> bool {
    let revision = read.record.as_ref().map_or(u64::MAX, T::revision);
    revision >= names.least
}

/// What a store gave, if it gave anything that can be read.
fn shared<T: Record>(
    id: VisitId,
    source: &str,
    names: &Names,
    given: &Result<Option<Vec<u8>>>,
    read_at: u64,
) -> Option<Found<T>> {
    match given {
        Ok(Some(bytes)) => {
            let read = parse(id, source, names, bytes, read_at)?;
            Some(Found {
                read: Some(read),
                to_share: Some(Copy {
                    bytes: bytes.clone(),
                    read_at,
                }),
                is_owners: false,
            })
        }
        Ok(None) => None,
        Err(error) => {
            log::source_failed(id, source, &names.store, &error.to_string());
            None
        }
    }
}

fn parse<T: Record>(
    id: VisitId,
    source: &str,
    names: &Names,
    bytes: &[u8],
    read_at: u64,
) -> Option<Said<T>> {
    match serde_json::from_slice(bytes) {
        Ok(record) => Some(Said {
            record: Some(record),
            read_at,
            is_confirmed: true,
        }),
        Err(error) => {
            log::source_failed(id, source, &names.store, &error.to_string());
            None
        }
    }
}

async fn archived(settings: &Settings, name: &str) -> Result<Option<Vec<u8>>> {
    let Some(object) = settings.archive.get(name).execute().await? else {
        return Ok(None);
    };
    let body = object.body();
    let body = body.ok_or_else(|| Error::RustError("an object without a body".to_owned()))?;
    body.bytes().await.map(Some)
}

async fn near_by(settings: &Settings, name: &str) -> Result<Option<Vec<u8>>> {
    Ok(settings.snapshots.get(name).bytes().await?)
}
