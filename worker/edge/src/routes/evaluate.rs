//! `POST /v1/evaluate`: decisions made here, with the same core as everywhere.

use worker::js_sys::Uint8Array;
use worker::wasm_bindgen_futures::JsFuture;
use worker::worker_sys::web_sys;
use worker::{Error, Request};

use crate::authorise::{authorise, key_in_query};
use crate::beacon;
use crate::body;
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
pub(crate) async fn post(request: web_sys::Request, visit: &Visit) -> Result<Answer, Failure> {
    let key = authorise(visit, key_in_query(&visit.head.url)).await?;
    let limits = &visit.settings.questions;
    limits.check(visit, &key, &request).await?;
    beacon::refresh(&request, visit, &key).await;
    let mut body = whole(&request, visit.head.content_length).await?;
    mend(&mut body);
    let environment = record::environment(visit, &key).await?;
    let ready = plan::ready(visit, &key, &environment.record).await?;
    let evaluator = ready.evaluator;
    evaluator.kill(&beacon::told(&key.environment).kills);
    let trusted = Trusted::of(&request, &visit.settings);
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
        Err(failure) => return Err(explained(&request, failure)),
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
fn explained(request: &web_sys::Request, failure: Failure) -> Failure {
    let encoding = platform::header(request, "Content-Encoding");
    let is_encoded = encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity"));
    if is_encoded {
        let message = "the body of a question is not compressed";
        return Failure::new(FailureKind::UnsupportedEncoding, message);
    }
    failure
}

/// Reads the body: at once when its length is told and allowed, else piece by piece.
async fn whole(request: &web_sys::Request, length: Option<usize>) -> Result<Vec<u8>, Failure> {
    if length.is_some_and(|length| length <= MAX_BODY_BYTES) {
        let buffer = request.array_buffer().map_err(Error::from)?;
        let buffer = JsFuture::from(buffer).await.map_err(Error::from)?;
        return Ok(Uint8Array::new(&buffer).to_vec());
    }
    let mut request = Request::from(web_sys::Request::clone(request).map_err(Error::from)?);
    let read = body::read(&mut request, MAX_BODY_BYTES, MAX_DRAINED_BYTES).await?;
    read.ok_or_else(|| {
        let message = format!("a question has at most {MAX_BODY_BYTES} bytes");
        Failure::new(FailureKind::BodyTooLarge, message)
    })
}
