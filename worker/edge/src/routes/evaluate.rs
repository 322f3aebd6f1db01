//! `POST /v1/evaluate`: decisions made here, with the same core as everywhere.

use futures_util::StreamExt as _;
use worker::{Request, Response};

use crate::authorise::{authorise, key_in_query};
use crate::beacon;
use crate::counts;
use crate::error::{Failure, FailureKind};
use crate::evaluator::{Knowledge, MAX_BODY_BYTES, Question};
use crate::intake::mend;
use crate::respond;
use crate::store::{plan, record};
use crate::trusted::Trusted;
use crate::visit::Visit;

/// Bytes that are read of a body that is too long, so that its sender listens to the answer.
const MAX_DRAINED_BYTES: usize = 1_048_576;

/// Decides the flags in question, or all that the key may see, for one context.
pub(crate) async fn post(request: &mut Request, visit: &Visit) -> Result<Response, Failure> {
    let url = request.inner().url();
    let key = authorise(visit, request.headers(), key_in_query(&url)).await?;
    beacon::refresh(request, visit, &key).await;
    let mut body = body(request).await?;
    mend(&mut body);
    let environment = record::environment(visit, &key).await?;
    let ready = plan::ready(visit, &key, &environment.record).await?;
    let evaluator = ready.evaluator;
    evaluator.kill(&beacon::kills(&key.environment, evaluator.told()));
    let trusted = Trusted::of(request, &visit.settings);
    let known = |attribute: &str| trusted.value(attribute);
    let answered = evaluator.answer(&Question {
        body: &body,
        now: visit.now,
        client: ready
            .visible
            .map(|visible| (visible, &known as &Knowledge<'_>)),
        is_stale: environment.is_stale || ready.is_older,
    });
    let answered = match answered {
        Err(failure) => return Err(explained(request, failure)?),
        Ok(answered) => answered,
    };
    let response = respond::json_text(answered.text)?;
    let headers = response.headers();
    headers.set("X-Pennon-Revision", &evaluator.revision().to_string())?;
    if answered.is_stale {
        headers.set("X-Pennon-Stale", "1")?;
        counts::stale();
    }
    Ok(response)
}

/// A compressed body is no JSON; the message says what is wrong instead.
fn explained(request: &Request, failure: Failure) -> Result<Failure, Failure> {
    let encoding = request.headers().get("Content-Encoding")?;
    let is_encoded = encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity"));
    if is_encoded {
        let message = "the body of a question is not compressed";
        return Ok(Failure::new(FailureKind::UnsupportedEncoding, message));
    }
    Ok(failure)
}

/// Reads the body: at once when its length is told and allowed, else piece by piece.
async fn body(request: &mut Request) -> Result<Vec<u8>, Failure> {
    let length = request.headers().get("Content-Length")?;
    let length = length.and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length <= MAX_BODY_BYTES) {
        return Ok(request.bytes().await?);
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
        if total <= MAX_BODY_BYTES {
            bytes.extend(chunk);
        }
    }
    if total > MAX_BODY_BYTES {
        let message = format!("a question has at most {MAX_BODY_BYTES} bytes");
        return Err(Failure::new(FailureKind::BodyTooLarge, message));
    }
    Ok(bytes)
}
