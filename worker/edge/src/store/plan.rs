//! Plans that are ready to be asked, one for each snapshot.

use std::rc::Rc;

use futures_util::future::try_join;
use pennon_api::{EnvironmentRecord, KeyKind, KeyRecord};

use super::document::{self, Name};
use crate::error::{Failure, FailureKind};
use crate::evaluator::Evaluator;
use crate::log;
use crate::memory;
use crate::visit::Visit;

/// How long a plan is not asked for that could not be had, where it is not needed.
const PAUSE_MS: u64 = 2_000;

/// A plan for whoever asks.
pub(crate) struct Ready {
    pub(crate) evaluator: Rc<Evaluator>,
    /// Flags that the asker may see; all of them, for a server.
    pub(crate) visible: Option<Rc<[u32]>>,
    /// Whether the newest plan could not be had, so that this is an older one.
    pub(crate) is_older: bool,
}

/// The plan that the record names, or else the one that was served last.
///
/// Clients get the decisions of the server's plan, since the public one lacks what a page may not
/// see; the public one says which flags they may ask for.
///
/// # Errors
///
/// 503 when there is none.
pub(crate) async fn ready(
    visit: &Visit,
    key: &KeyRecord,
    record: &Rc<EnvironmentRecord>,
) -> Result<Ready, Failure> {
    let failure = match load(visit, key, record).await {
        Ok(ready) => {
            memory::remember_served(record);
            return Ok(ready);
        }
        Err(failure) => failure,
    };
    let older = memory::recall_served(&record.environment)
        .filter(|older| older.server.snapshot != record.server.snapshot);
    let Some(older) = older else {
        return Err(failure);
    };
    log::served_stale(visit.id, &record.environment, failure.message());
    let ready = load(visit, key, &older).await?;
    Ok(Ready {
        is_older: true,
        ..ready
    })
}

/// The server's plan, for whoever wants to know what is in it; nothing when it cannot be had.
///
/// After a failure nobody tries again for a moment, so that events do not wait for stores.
pub(crate) async fn whole(visit: &Visit, record: &EnvironmentRecord) -> Option<Rc<Evaluator>> {
    let hash = &record.server.snapshot;
    if memory::is_recent(hash, visit.now, PAUSE_MS) {
        return memory::recall_plan(hash);
    }
    match evaluator(visit, record).await {
        Ok(evaluator) => Some(evaluator),
        Err(failure) => {
            memory::remember_time(hash, visit.now);
            log::source_failed(visit.id, "plan", &record.environment, failure.message());
            None
        }
    }
}

async fn load(
    visit: &Visit,
    key: &KeyRecord,
    record: &EnvironmentRecord,
) -> Result<Ready, Failure> {
    let (evaluator, visible) = match key.kind {
        KeyKind::Server => (evaluator(visit, record).await?, None),
        KeyKind::Client => {
            // An isolate that lacks both waits for the slower one only.
            let both = try_join(evaluator(visit, record), public(visit, record));
            let (evaluator, envelope) = both.await?;
            let visible = visible(visit, record, &evaluator, envelope).await?;
            (evaluator, Some(visible))
        }
    };
    Ok(Ready {
        evaluator,
        visible,
        is_older: false,
    })
}

/// The public snapshot, if the plan is not held that has learnt from it.
async fn public(visit: &Visit, record: &EnvironmentRecord) -> Result<Option<Rc<[u8]>>, Failure> {
    let hash = &record.public.snapshot;
    let held = memory::recall_plan(&record.server.snapshot);
    if held.is_some_and(|held| held.visible(hash).is_some()) {
        return Ok(None);
    }
    let name = Name::snapshot(hash);
    let envelope = document::read(visit, &record.project, &name).await?;
    Ok(Some(envelope))
}

async fn evaluator(visit: &Visit, record: &EnvironmentRecord) -> Result<Rc<Evaluator>, Failure> {
    let hash = &record.server.snapshot;
    if let Some(evaluator) = memory::recall_plan(hash) {
        return Ok(evaluator);
    }
    let envelope = document::read(visit, &record.project, &Name::snapshot(hash)).await?;
    let evaluator = Rc::new(Evaluator::load(&envelope).map_err(|why| unreadable(hash, &why))?);
    memory::remember_plan(hash, &evaluator);
    Ok(evaluator)
}

async fn visible(
    visit: &Visit,
    record: &EnvironmentRecord,
    evaluator: &Evaluator,
    envelope: Option<Rc<[u8]>>,
) -> Result<Rc<[u32]>, Failure> {
    let hash = &record.public.snapshot;
    if let Some(visible) = evaluator.visible(hash) {
        return Ok(visible);
    }
    let envelope = match envelope {
        Some(envelope) => envelope,
        None => document::read(visit, &record.project, &Name::snapshot(hash)).await?,
    };
    evaluator
        .show(hash, &envelope)
        .map_err(|why| unreadable(hash, &why))
}

fn unreadable(hash: &str, why: &str) -> Failure {
    let message = format!("the snapshot {hash} cannot be read: {why}");
    Failure::new(FailureKind::StoreUnavailable, message)
}
