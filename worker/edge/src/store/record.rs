//! Small records that change: what a key opens, what an environment serves.
//!
//! A record is used without a look for a moment, then used while somebody looks in the background,
//! then only after a look. When nobody answers, what was known last goes on, and says so.

mod claim;
mod sources;

use std::rc::Rc;

use pennon_api::{EnvironmentRecord, KeyRecord};
use serde::de::DeserializeOwned;
use worker::{Context, Date};

use crate::beacon;
use crate::error::{Failure, FailureKind};
use crate::key::KeyText;
use crate::log;
use crate::memory::{Held, Remembered};
use crate::settings::Settings;
use crate::visit::{Visit, VisitId};
pub(crate) use claim::claimed;
use sources::{Found, Said};

/// How often a revision is looked for that the hub has told of.
const BEHIND_MS: u64 = 250;

/// A record, and whether it could be confirmed.
pub(crate) struct Current<T> {
    pub(crate) record: Rc<T>,
    /// Nobody has confirmed it for longer than a record may be used.
    pub(crate) is_stale: bool,
}

/// How old a record may be, in milliseconds since a store gave it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Until then nobody looks again.
    fresh_ms: u64,
    /// Until then it is used while somebody looks; afterwards only what was looked at is used.
    usable_ms: u64,
}

/// Records by kind.
pub(crate) trait Record: Remembered + DeserializeOwned + 'static {
    /// How old it may be, or how old the knowledge that there is none.
    fn bounds(exists: bool) -> Bounds;

    /// Which revision it is; the greatest there is, where records have none.
    fn revision(&self) -> u64;

    /// Which of two records holds.
    fn newer(read: Self, held: Option<&Rc<Self>>) -> Rc<Self>;
}

impl Record for KeyRecord {
    fn bounds(exists: bool) -> Bounds {
        // The longest delay of a revocation.
        let usable_ms = if exists { 5_000 } else { 2_000 };
        Bounds {
            fresh_ms: usable_ms / 2,
            usable_ms,
        }
    }

    fn revision(&self) -> u64 {
        u64::MAX
    }

    /// A key that was revoked, or that was told when it ends, stays so: a store that lags behind does
    /// not open it again.
    fn newer(read: Self, held: Option<&Rc<Self>>) -> Rc<Self> {
        Rc::new(KeyRecord {
            revoked: read.revoked || held.is_some_and(|held| held.revoked),
            expires_at: read.expires_at.or(held.and_then(|held| held.expires_at)),
            ..read
        })
    }
}

impl Record for EnvironmentRecord {
    fn bounds(_: bool) -> Bounds {
        Bounds {
            fresh_ms: 2_000,
            usable_ms: 10_000,
        }
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    /// Revisions only grow: a store that lags behind does not take an isolate back.
    fn newer(read: Self, held: Option<&Rc<Self>>) -> Rc<Self> {
        match held {
            Some(held) if held.revision > read.revision => held.clone(),
            _ => Rc::new(read),
        }
    }
}

/// Where a record is.
#[derive(Clone)]
struct Names {
    /// In memory.
    memory: String,
    /// In the stores.
    store: String,
    /// The object that owns it, where it may be asked.
    project: Option<String>,
    /// The revision that somebody has heard of: a source that has an older one is not the last to
    /// be asked.
    least: u64,
}

/// What a key opens.
///
/// # Errors
///
/// 401 when there is no such key, 503 when nobody can say.
pub(crate) async fn key(visit: &Visit, text: &KeyText<'_>) -> Result<Rc<KeyRecord>, Failure> {
    let names = || Names {
        memory: text.as_str().to_owned(),
        store: text.record_name(),
        project: None,
        least: 0,
    };
    let held = held::<KeyRecord>(visit, text.as_str(), names).await?;
    let record = held.record;
    record.ok_or_else(|| Failure::new(FailureKind::KeyUnknown, "there is no such key"))
}

/// What an environment serves now; when nobody answers, what it served when somebody last did.
///
/// # Errors
///
/// 503 when nothing is known of it.
pub(crate) async fn environment(
    visit: &Visit,
    key: &KeyRecord,
) -> Result<Current<EnvironmentRecord>, Failure> {
    let names = || environment_names(key);
    let held = held::<EnvironmentRecord>(visit, &key.environment, names).await?;
    if is_behind(visit, &held) {
        let names = environment_names(key);
        return current(
            visit,
            key,
            look(&visit.settings, visit.id, &names, Some(&visit.ctx)).await?,
        );
    }
    current(visit, key, held)
}

/// Whether the hub has told of a newer revision, and nobody has just looked for it in vain.
fn is_behind(visit: &Visit, held: &Held<EnvironmentRecord>) -> bool {
    let is_older = held.record.as_ref().is_some_and(|record| {
        let newest = beacon::newest_revision(&record.environment);
        newest.is_some_and(|newest| newest > record.revision)
    });
    is_older && visit.now.saturating_sub(held.tried_at) >= BEHIND_MS
}

fn environment_names(key: &KeyRecord) -> Names {
    Names {
        memory: key.environment.clone(),
        store: format!("env/{}", key.environment),
        project: Some(key.project.clone()),
        least: beacon::newest_revision(&key.environment).unwrap_or(0),
    }
}

fn current<T: Record>(
    visit: &Visit,
    key: &KeyRecord,
    held: Held<T>,
) -> Result<Current<T>, Failure> {
    let age_ms = visit.now.saturating_sub(held.read_at);
    let is_stale = age_ms >= T::bounds(true).usable_ms;
    let record = held.record.ok_or_else(|| {
        let message = format!("nothing is known of `{}` at the moment", key.environment);
        Failure::new(FailureKind::StoreUnavailable, message)
    })?;
    Ok(Current { record, is_stale })
}

/// The record within its bounds.
async fn held<T: Record>(
    visit: &Visit,
    in_memory: &str,
    names: impl FnOnce() -> Names,
) -> Result<Held<T>, Failure> {
    let Some(held) = T::recall(in_memory) else {
        return look(&visit.settings, visit.id, &names(), Some(&visit.ctx)).await;
    };
    let bounds = T::bounds(held.record.is_some());
    if visit.now.saturating_sub(held.tried_at) < bounds.fresh_ms {
        return Ok(held);
    }
    let is_usable = visit.now.saturating_sub(held.read_at) < bounds.usable_ms;
    // Where the last look found nobody, the next one is not worth waiting for.
    if !is_usable && !held.has_failed {
        return look(&visit.settings, visit.id, &names(), Some(&visit.ctx)).await;
    }
    // Others use it meanwhile and do not look, too.
    let tried = Held {
        tried_at: visit.now,
        ..held.clone()
    };
    T::remember(in_memory, tried);
    let (settings, id, names) = (visit.settings.clone(), visit.id, names());
    visit.ctx.wait_until(async move {
        // Who fails here has said so in the log.
        let _ = look::<T>(&settings, id, &names, None).await;
    });
    Ok(held)
}

/// Looks everywhere, and remembers what came of it.
async fn look<T: Record>(
    settings: &Settings,
    id: VisitId,
    names: &Names,
    ctx: Option<&Context>,
) -> Result<Held<T>, Failure> {
    let limit_ms = T::bounds(true).fresh_ms;
    let found = sources::look::<T>(settings, id, names, limit_ms).await;
    settle(id, names, found, ctx).await
}

/// Remembers what a look came to, and leaves it for others.
async fn settle<T: Record>(
    id: VisitId,
    names: &Names,
    found: Found<T>,
    ctx: Option<&Context>,
) -> Result<Held<T>, Failure> {
    if let Some(copy) = found.to_share {
        let share = sources::share(id, names.store.clone(), copy);
        match ctx {
            Some(ctx) => ctx.wait_until(share),
            None => share.await,
        }
    }
    match found.read {
        Some(read) => {
            if !read.is_confirmed {
                log::served_stale(id, &names.store, "only the cache has it");
            }
            Ok(take(names, read))
        }
        None => go_on(id, names),
    }
}

/// Remembers what was read, unless something newer is known.
fn take<T: Record>(names: &Names, read: Said<T>) -> Held<T> {
    // Other requests have read meanwhile, and perhaps something newer.
    let known = T::recall(&names.memory).and_then(|held| held.record);
    let held = Held {
        record: read.record.map(|record| T::newer(record, known.as_ref())),
        read_at: read.read_at,
        tried_at: Date::now().as_millis(),
        has_failed: !read.is_confirmed,
    };
    T::remember(&names.memory, held.clone());
    held
}

/// Goes on with what was known when nobody answers.
fn go_on<T: Record>(id: VisitId, names: &Names) -> Result<Held<T>, Failure> {
    let Some(held) = T::recall(&names.memory) else {
        let message = format!("no store has `{}` at the moment", names.store);
        return Err(Failure::new(FailureKind::StoreUnavailable, message));
    };
    log::served_stale(id, &names.store, "no source confirms it");
    let held = Held {
        tried_at: Date::now().as_millis(),
        has_failed: true,
        ..held
    };
    T::remember(&names.memory, held.clone());
    Ok(held)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::Record as _;
    use pennon_api::{KeyKind, KeyRecord};

    fn key(revoked: bool, expires_at: Option<u64>) -> KeyRecord {
        KeyRecord {
            schema: 1,
            key: "0123456789abcdef".to_owned(),
            kind: KeyKind::Client,
            project: "account/shop".to_owned(),
            environment: "env".to_owned(),
            origins: Vec::new(),
            revoked,
            expires_at,
        }
    }

    #[test]
    fn a_key_is_not_opened_again_by_a_store_that_lags_behind() {
        for (read, held, holds) in [
            (key(false, None), None, key(false, None)),
            (key(true, None), Some(key(false, None)), key(true, None)),
            (key(false, None), Some(key(true, None)), key(true, None)),
            (
                key(false, Some(9)),
                Some(key(false, None)),
                key(false, Some(9)),
            ),
            (
                key(false, None),
                Some(key(false, Some(9))),
                key(false, Some(9)),
            ),
            (
                key(false, Some(9)),
                Some(key(false, Some(7))),
                key(false, Some(9)),
            ),
            (
                key(true, Some(9)),
                Some(key(false, Some(9))),
                key(true, Some(9)),
            ),
        ] {
            let held = held.map(Rc::new);
            assert_eq!(*KeyRecord::newer(read, held.as_ref()), holds);
        }
    }
}
