//! One place that makes answers: CORS, caching and errors.

use std::cell::OnceCell;

use pennon_api::{ErrorBody, ErrorDetail};
use serde::Serialize;
use worker::{Headers, Response, Result};

use crate::error::{Failure, FailureKind};
use crate::log;
use crate::visit::VisitId;

/// Pages of any origin may read answers: which origins may use a key is checked with the key.
const ANY_ORIGIN: &str = "*";
const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";

thread_local! {
    /// What all answers have in common. A copy costs one call of the platform, a header each.
    static PLAIN: OnceCell<Headers> = const { OnceCell::new() };
    static JSON: OnceCell<Headers> = const { OnceCell::new() };
}

/// The headers that every answer has.
pub(crate) fn headers() -> std::result::Result<Headers, Failure> {
    copy_of(&PLAIN, |headers| {
        headers.set(ALLOW_ORIGIN, ANY_ORIGIN)?;
        headers.set(
            "Access-Control-Expose-Headers",
            "ETag, Retry-After, X-Pennon-Revision, X-Pennon-Stale, X-Request-Id",
        )
    })
}

/// The headers of an answer in JSON that is for this moment only.
fn json_headers() -> std::result::Result<Headers, Failure> {
    let plain = headers;
    let common = plain()?;
    copy_of(&JSON, |headers| {
        for (name, value) in common.entries() {
            headers.set(&name, &value)?;
        }
        headers.set("Content-Type", "application/json")?;
        headers.set("Cache-Control", "no-store")
    })
}

/// An answer in JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> std::result::Result<Response, Failure> {
    let text = serde_json::to_string(value).map_err(worker::Error::from)?;
    json_text(text)
}

/// An answer that is JSON already.
pub(crate) fn json_text(text: String) -> std::result::Result<Response, Failure> {
    let response = Response::builder().with_headers(json_headers()?);
    Ok(response.fixed(text.into_bytes()))
}

/// The answer to a browser that asks before it asks.
pub(crate) fn preflight() -> std::result::Result<Response, Failure> {
    let headers = headers()?;
    headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS")?;
    headers.set(
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, If-None-Match",
    )?;
    headers.set("Access-Control-Max-Age", "7200")?;
    Ok(Response::empty()?.with_status(204).with_headers(headers))
}

/// Turns the outcome of a route into what is sent.
pub(crate) fn finish(
    id: VisitId,
    outcome: std::result::Result<Response, Failure>,
) -> Result<Response> {
    let response = match outcome {
        Ok(response) => response,
        Err(failure) => {
            if failure.kind().status() >= 500 {
                log::failed(id, &failure);
            }
            error(&failure)?
        }
    };
    let headers = response.headers();
    headers.set("X-Request-Id", &id.to_string())?;
    if !headers.has(ALLOW_ORIGIN)? {
        headers.set(ALLOW_ORIGIN, ANY_ORIGIN)?;
    }
    Ok(response)
}

/// The same answer to somebody who asked with HEAD.
pub(crate) fn without_body(response: &Response) -> Result<Response> {
    let head = Response::empty()?.with_status(response.status_code());
    Ok(head.with_headers(response.headers().clone()))
}

fn error(failure: &Failure) -> Result<Response> {
    let kind = failure.kind();
    // What broke inside is for the log; people outside can do nothing with it.
    let message = match kind {
        FailureKind::Internal => "something broke on our side",
        _ => failure.message(),
    };
    let body = ErrorBody {
        error: ErrorDetail {
            code: kind.code().to_owned(),
            message: message.to_owned(),
            path: failure.path().map(str::to_owned),
            ..ErrorDetail::default()
        },
    };
    let response = json(&body).map_err(|failure| worker::Error::RustError(failure.to_string()))?;
    let response = response.with_status(kind.status());
    if let Some(allow) = failure.allow() {
        response.headers().set("Allow", allow)?;
    }
    if let Some(seconds) = kind.retry_after_seconds() {
        response
            .headers()
            .set("Retry-After", &seconds.to_string())?;
    }
    Ok(response)
}

/// A copy of headers that are made once in the life of an isolate.
fn copy_of(
    cell: &'static std::thread::LocalKey<OnceCell<Headers>>,
    make: impl FnOnce(&Headers) -> Result<()>,
) -> std::result::Result<Headers, Failure> {
    if let Some(copy) = cell.with(|held| held.get().cloned()) {
        return Ok(copy);
    }
    let headers = Headers::new();
    make(&headers)?;
    Ok(cell.with(|held| held.get_or_init(|| headers).clone()))
}
