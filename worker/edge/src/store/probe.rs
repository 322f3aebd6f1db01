//! Whether the sources answer, and how fast.

use std::time::Duration;

use futures_util::future::join4;
use worker::{Date, Result};

use super::timeout::within;
use crate::log;
use crate::settings::Settings;
use crate::visit::VisitId;

/// How long a source may take to be well.
const LIMIT: Duration = Duration::from_secs(2);
/// A name that nothing has: the answer that it is not there is an answer.
const NOTHING: &str = "health";

/// What a source did.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    pub(crate) ms: u64,
    pub(crate) is_well: bool,
}

/// The sources, asked at once.
#[derive(Debug, Clone)]
pub(crate) struct Probes {
    pub(crate) kv: Probe,
    pub(crate) r2: Probe,
    pub(crate) project: Probe,
    pub(crate) shards: Probe,
}

/// Asks each of them for nothing in particular.
pub(crate) async fn all(settings: &Settings, id: VisitId) -> Probes {
    let kv = probe(id, "kv", async {
        Ok(settings.snapshots.get(NOTHING).bytes().await.map(drop)?)
    });
    let r2 = probe(id, "r2", async {
        settings.archive.head(NOTHING).await.map(drop)
    });
    let project = probe(id, "project", async { object(&settings.projects).await });
    let shards = probe(id, "shards", async { object(&settings.shards).await });
    let (kv, r2, project, shards) = join4(kv, r2, project, shards).await;
    Probes {
        kv,
        r2,
        project,
        shards,
    }
}

/// An object that belongs to nobody; whatever it says, it says something.
async fn object(namespace: &worker::ObjectNamespace) -> Result<()> {
    let stub = namespace.get_by_name(NOTHING)?;
    stub.fetch_with_str("https://object/health").await.map(drop)
}

/// What exactly went wrong is for the log: anybody may read the answer.
async fn probe(id: VisitId, source: &str, work: impl Future<Output = Result<()>>) -> Probe {
    let started_at = Date::now().as_millis();
    let outcome = within(LIMIT, work).await;
    if let Err(error) = &outcome {
        log::source_failed(id, source, NOTHING, &error.to_string());
    }
    Probe {
        ms: Date::now().as_millis().saturating_sub(started_at),
        is_well: outcome.is_ok(),
    }
}
