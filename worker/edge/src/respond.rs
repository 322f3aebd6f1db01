//! One place that makes answers: CORS, caching and errors.

use pennon_api::{ErrorBody, ErrorDetail};
use serde::Serialize;
use worker::{Headers, Response, Result, console_error};

use crate::error::{Failure, FailureKind};

/// Pages of any origin may read answers: which origins may use a key is checked with the key.
const ANY_ORIGIN: &str = "*";

/// An answer in JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> std::result::Result<Response, Failure> {
    let response = Response::from_json(value)?;
    response.headers().set("Cache-Control", "no-store")?;
    Ok(response)
}

/// The answer to a browser that asks before it asks.
pub(crate) fn preflight() -> std::result::Result<Response, Failure> {
    let headers = Headers::new();
    headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS")?;
    headers.set(
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, If-None-Match",
    )?;
    headers.set("Access-Control-Max-Age", "7200")?;
    Ok(Response::empty()?.with_status(204).with_headers(headers))
}

/// Turns the outcome of a route into what is sent.
pub(crate) fn finish(outcome: std::result::Result<Response, Failure>) -> Result<Response> {
    let response = match outcome {
        Ok(response) => response,
        Err(failure) => error(&failure)?,
    };
    let headers = response.headers();
    headers.set("Access-Control-Allow-Origin", ANY_ORIGIN)?;
    headers.set(
        "Access-Control-Expose-Headers",
        "ETag, Retry-After, X-Pennon-Revision",
    )?;
    Ok(response)
}

/// The same answer to somebody who asked with HEAD.
pub(crate) fn without_body(response: &Response) -> Result<Response> {
    let head = Response::empty()?.with_status(response.status_code());
    Ok(head.with_headers(response.headers().clone()))
}

fn error(failure: &Failure) -> Result<Response> {
    let kind = failure.kind();
    if kind.status() >= 500 {
        console_error!("{failure}");
    }
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
    let response = Response::from_json(&body)?.with_status(kind.status());
    response.headers().set("Cache-Control", "no-store")?;
    if let Some(seconds) = kind.retry_after_seconds() {
        response
            .headers()
            .set("Retry-After", &seconds.to_string())?;
    }
    Ok(response)
}
