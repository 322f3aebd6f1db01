//! `GET /healthz`: whether requests should come here, and how each dependency does.

use std::cell::RefCell;

use crate::error::Failure;
use crate::respond::{self, Answer};
use crate::store::probe::{self, Probe, Probes};
use crate::visit::Visit;
use serde::Serialize;

/// Anybody may ask, so the sources are asked once in this time.
const FRESH_MS: u64 = 5_000;

/// What is said of a source that fails or keeps silent; the log says more.
const UNWELL: &str = "it does not answer as it should";

thread_local! {
    static LAST: RefCell<Option<(u64, Probes)>> = const { RefCell::new(None) };
}

/// The answer.
///
/// # Shape
///
/// `ok` is false, with status 503, when no store can serve flags or no shard takes events.
/// `degraded` says that something does not answer, even though everything can be served.
#[derive(Serialize)]
struct Health {
    ok: bool,
    degraded: bool,
    dependencies: Dependencies,
}

#[derive(Serialize)]
struct Dependencies {
    kv: State,
    r2: State,
    project: State,
    shards: State,
}

#[derive(Serialize)]
struct State {
    ok: bool,
    ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

/// Asks the sources, or tells what they said a moment ago.
pub(crate) async fn get(visit: &Visit) -> Result<Answer, Failure> {
    let probes = probes(visit).await;
    let Probes {
        kv,
        r2,
        project,
        shards,
    } = &probes;
    let all = [kv, r2, project, shards];
    let health = Health {
        ok: (kv.is_well || r2.is_well) && shards.is_well,
        degraded: all.iter().any(|probe| !probe.is_well),
        dependencies: Dependencies {
            kv: kv.into(),
            r2: r2.into(),
            project: project.into(),
            shards: shards.into(),
        },
    };
    let status = if health.ok { 200 } else { 503 };
    Ok(respond::json(&health)?.with_status(status))
}

async fn probes(visit: &Visit) -> Probes {
    let last = LAST.with_borrow(Clone::clone);
    match last {
        Some((at, probes)) if visit.now.saturating_sub(at) < FRESH_MS => probes,
        _ => {
            let probes = probe::all(&visit.settings, visit.id).await;
            LAST.set(Some((visit.now, probes.clone())));
            probes
        }
    }
}

impl From<&Probe> for State {
    fn from(probe: &Probe) -> State {
        State {
            ok: probe.is_well,
            ms: probe.ms,
            error: (!probe.is_well).then_some(UNWELL),
        }
    }
}
