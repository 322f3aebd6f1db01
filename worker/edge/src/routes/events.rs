//! `POST /v1/events`: what people met and did. The contract is `docs/events.md`.

use std::collections::HashSet;

use futures_util::StreamExt;
use futures_util::future::join_all;
use serde::Serialize;
use worker::{Date, Request, Response, console_error};

use crate::authorise::authorise;
use crate::error::{Failure, FailureKind};
use crate::intake::{self, Deliveries, MAX_BATCH_BYTES, Rejection};
use crate::respond;
use crate::settings::Settings;
use crate::store::{record, shard};

/// Bytes that are read of a body that is too long.
const MAX_DRAINED_BYTES: usize = 16 * 1024 * 1024;

/// The answer for a batch of which every part is committed.
#[derive(Serialize)]
struct Acknowledgement {
    accepted: usize,
    duplicates: usize,
    rejected: Vec<Rejection>,
}

/// Acknowledges a batch after every shard concerned has committed its part.
pub(crate) async fn post(request: &mut Request, settings: &Settings) -> Result<Response, Failure> {
    let received_at = Date::now().as_millis();
    let url = request.url()?;
    let key = url
        .query_pairs()
        .find(|(name, _)| name == "key")
        .map(|(_, value)| value);
    let key = authorise(settings, request.headers(), key.as_deref()).await?;
    let body = body(request).await?;
    let environment = record::environment(settings, &key).await?;
    let deliveries = intake::read(body, &environment, received_at)?;
    respond::json(&commit(settings, deliveries).await?)
}

async fn commit(settings: &Settings, deliveries: Deliveries) -> Result<Acknowledgement, Failure> {
    let answers = join_all(
        deliveries
            .parts
            .iter()
            .map(|part| shard::deliver(settings, part)),
    )
    .await;
    let mut fresh = HashSet::new();
    let mut are_all_committed = true;
    for answer in answers {
        match answer {
            Ok(answer) => fresh.extend(answer.fresh),
            Err(error) => {
                console_error!("a shard does not take its part: {error}");
                are_all_committed = false;
            }
        }
    }
    if !are_all_committed {
        let message = "a part of the batch is not stored yet; send the same batch again";
        return Err(Failure::new(FailureKind::ShardUnavailable, message));
    }
    Ok(Acknowledgement {
        accepted: fresh.len(),
        duplicates: deliveries.events.saturating_sub(fresh.len()),
        rejected: deliveries.rejected,
    })
}

/// Reads the body. What is too long is read on without being kept, so that the client has sent it
/// and listens to the answer, and cut off where that stops being polite.
async fn body(request: &mut Request) -> Result<Vec<u8>, Failure> {
    let encoding = request.headers().get("Content-Encoding")?;
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        let message = "the body of a batch is not compressed";
        return Err(Failure::new(FailureKind::UnsupportedEncoding, message));
    }
    let mut bytes = Vec::new();
    let mut total = 0_usize;
    let Ok(mut stream) = request.stream() else {
        return Ok(bytes);
    };
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        total = total.saturating_add(chunk.len());
        if total > MAX_DRAINED_BYTES {
            break;
        }
        if total <= MAX_BATCH_BYTES {
            bytes.extend(chunk);
        }
    }
    if total > MAX_BATCH_BYTES {
        let message = format!("a batch has at most {MAX_BATCH_BYTES} bytes");
        return Err(Failure::new(FailureKind::BatchTooLarge, message));
    }
    Ok(bytes)
}
