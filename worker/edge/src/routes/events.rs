//! `POST /v1/events`: what people met and did. The contract is `docs/events.md`.

use std::collections::{BTreeMap, HashSet};

use futures_util::future::join_all;
use pennon_api::{Definitions, Delivery, EnvironmentRecord, KeyKind};
use serde::Serialize;
use worker::worker_sys::web_sys::Request;

use crate::authorise::{authorise, key_in_query};
use crate::body::Body;
use crate::error::{Failure, FailureKind};
use crate::intake::{self, Deliveries, Known, MAX_BATCH_BYTES, Reception, Rejection};
use crate::log;
use crate::platform;
use crate::respond::{self, Answer};
use crate::store::{overflow, plan, record, shard};
use crate::trusted::Trusted;
use crate::visit::Visit;

/// Bytes that are read of a body that is too long.
const MAX_DRAINED_BYTES: usize = 16 * 1024 * 1024;

/// The answer for a batch of which every part is committed.
#[derive(Serialize)]
struct Acknowledgement {
    accepted: usize,
    duplicates: usize,
    rejected: Vec<Rejection>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    uncounted: Vec<Rejection>,
}

/// Acknowledges a batch after every shard concerned has committed its part, or a queue holds it.
pub(crate) async fn post(
    request: &Request,
    body: Body<'_>,
    visit: &Visit,
) -> Result<Answer, Failure> {
    let key = authorise(visit, key_in_query(&visit.head.url)).await?;
    let limits = &visit.settings.events;
    limits.check(visit, &key, request).await?;
    let mut body = uncompressed(request, body).await?;
    intake::mend(&mut body);
    let batch = Batch {
        visit,
        kind: key.kind,
        body: &body,
        trusted: Trusted::of(request, &visit.settings),
    };
    let mut environment = record::environment(visit, &key).await?.record;
    let mut deliveries = read(&batch, &environment).await?;
    if let Some(claim) = deliveries.claim {
        environment = record::claimed(visit, &key, claim).await?;
        deliveries = read(&batch, &environment).await?;
    }
    let definitions = environment.definitions.as_ref();
    let definitions = definitions.map(|definitions| &definitions.body);
    respond::json(&commit(visit, deliveries, definitions).await?)
}

/// A batch as it came.
struct Batch<'a> {
    visit: &'a Visit,
    kind: KeyKind,
    body: &'a [u8],
    trusted: Trusted<'a>,
}

/// Reads a batch as the environment is in a record.
async fn read(batch: &Batch<'_>, environment: &EnvironmentRecord) -> Result<Deliveries, Failure> {
    let plan = plan::whole(batch.visit, environment).await;
    let missing = |flag: &str, variant: &str| plan.as_ref()?.missing(flag, variant);
    let definitions = environment.definitions.as_ref();
    let reception = Reception {
        environment,
        received_at: batch.visit.now,
        sender: match batch.kind {
            KeyKind::Client => Some(sender(&batch.trusted, definitions.map(|known| &known.body))),
            KeyKind::Server => None,
        },
        known: plan.is_some().then_some(Known {
            revision: environment.revision,
            missing: &missing,
        }),
    };
    intake::read(batch.body, &reception)
}

/// What the edge knows of who sends, as far as totals are split by it.
fn sender(trusted: &Trusted<'_>, definitions: Option<&Definitions>) -> BTreeMap<String, String> {
    let dimensions = definitions.map_or(&[][..], |definitions| &definitions.dimensions);
    let levels = dimensions.iter().filter_map(|dimension| {
        let level = trusted.value(&dimension.key)?;
        Some((dimension.key.clone(), level))
    });
    levels.collect()
}

async fn commit(
    visit: &Visit,
    deliveries: Deliveries,
    definitions: Option<&Definitions>,
) -> Result<Acknowledgement, Failure> {
    let answers = join_all(
        deliveries
            .parts
            .iter()
            .map(|part| take(visit, part, definitions)),
    )
    .await;
    let mut fresh = HashSet::new();
    let mut are_all_taken = true;
    for answer in answers {
        match answer {
            Some(indexes) => fresh.extend(indexes),
            None => are_all_taken = false,
        }
    }
    if !are_all_taken {
        let message = "a part of the batch is not stored yet; send the same batch again";
        return Err(Failure::new(FailureKind::ShardUnavailable, message));
    }
    Ok(Acknowledgement {
        accepted: fresh.len(),
        duplicates: deliveries.events.saturating_sub(fresh.len()),
        rejected: deliveries.rejected,
        uncounted: deliveries.uncounted,
    })
}

/// Returns only after a part is safe: committed by its shard, or held by a queue that is on disk.
/// Nothing, when it is neither.
///
/// Which events of a queued part are new is not known yet, so all of them count as accepted.
async fn take(
    visit: &Visit,
    part: &Delivery,
    definitions: Option<&Definitions>,
) -> Option<Vec<u32>> {
    let settings = &visit.settings;
    let name = format!("{}/{}", part.environment, part.shard);
    let failed = |source: &str, error: &worker::Error| {
        log::source_failed(visit.id, source, &name, &error.to_string());
    };
    match shard::deliver(visit, part, definitions).await {
        Ok(fresh) => return Some(fresh),
        Err(error) => failed("shard", &error),
    }
    let queue = settings.overflow.as_ref()?;
    let told = Delivery {
        definitions_body: definitions.cloned(),
        ..part.clone()
    };
    match overflow::keep(queue, told).await {
        Ok(()) => Some(part.copies.iter().map(|copy| copy.index).collect()),
        Err(error) => {
            failed("overflow", &error);
            None
        }
    }
}

/// Reads the body, which is not compressed.
async fn uncompressed(request: &Request, body: Body<'_>) -> Result<Vec<u8>, Failure> {
    let encoding = platform::header(request, "Content-Encoding");
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        let message = "the body of a batch is not compressed";
        return Err(Failure::new(FailureKind::UnsupportedEncoding, message));
    }
    let read = body.bytes(MAX_BATCH_BYTES, MAX_DRAINED_BYTES).await?;
    read.ok_or_else(|| {
        let message = format!("a batch has at most {MAX_BATCH_BYTES} bytes");
        Failure::new(FailureKind::BatchTooLarge, message)
    })
}
