//! `POST /v1/evaluate`: decisions made here, with the same core as everywhere.

use worker::worker_sys::web_sys::Request;

use crate::authorise::{authorise, key_in_query};
use crate::beacon;
use crate::body::Body;
use crate::counts;
use crate::error::{Failure, FailureKind};
use crate::evaluator::{Knowledge, MAX_BODY_BYTES, Question};
use crate::intake::mend;
use crate::platform;
use crate::respond::Answer;
use crate::store::{plan, record};
use crate::trusted::Trusted;
use crate::visit::Visit;

/// Bytes that are read of a body that is too long, so that its sender listens to the answer.
const MAX_DRAINED_BYTES: usize = 1_048_576;

/// Decides the flags in question, or all that the key may see, for one context.
pub(crate) async fn post(
    request: &Request,
    body: Body<'_>,
    visit: &Visit,
) -> Result<Answer, Failure> {
    let key = authorise(visit, key_in_query(&visit.head.url)).await?;
    let limits = &visit.settings.questions;
    limits.check(visit, &key, request).await?;
    beacon::refresh(request, visit, &key).await;
    let mut body = whole(body).await?;
    mend(&mut body);
    let environment = record::environment(visit, &key).await?;
    let ready = plan::ready(visit, &key, &environment.record).await?;
    let evaluator = ready.evaluator;
    evaluator.kill(&beacon::told(&key.environment).kills);
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
        Err(failure) => return Err(explained(request, failure)),
        Ok(answered) => answered,
    };
    let revision = evaluator.revision().to_string();
    let answer = Answer::json_text(answered.text).header("X-Pennon-Revision", &revision);
    if answered.is_stale {
        counts::stale();
        return Ok(answer.header("X-Pennon-Stale", "1"));
    }
    Ok(answer)
}

/// A compressed body is no JSON; the message says what is wrong instead.
fn explained(request: &Request, failure: Failure) -> Failure {
    let encoding = platform::header(request, "Content-Encoding");
    let is_encoded = encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity"));
    if is_encoded {
        let message = "the body of a question is not compressed";
        return Failure::new(FailureKind::UnsupportedEncoding, message);
    }
    failure
}

async fn whole(body: Body<'_>) -> Result<Vec<u8>, Failure> {
    let read = body.bytes(MAX_BODY_BYTES, MAX_DRAINED_BYTES).await?;
    read.ok_or_else(|| {
        let message = format!("a question has at most {MAX_BODY_BYTES} bytes");
        Failure::new(FailureKind::BodyTooLarge, message)
    })
}
