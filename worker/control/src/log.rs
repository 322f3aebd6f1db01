//! One line of JSON for each thing that goes wrong on our side, in the form of the edge's lines.
//! Tokens, keys, documents and units never get here.

use serde::Serialize;
use worker::{Request, console_error, console_warn};

use crate::error::ApiError;

#[derive(Serialize)]
struct Line<'a> {
    level: &'static str,
    /// Empty for work that no request waits for.
    #[serde(skip_serializing_if = "str::is_empty")]
    request: &'a str,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    message: &'a str,
}

/// Header by which one request is followed from Worker to object.
pub(crate) const REQUEST_ID: &str = "X-Request-Id";

/// The id of the request for which an object is asked; empty where nobody waits.
pub(crate) fn request_id(request: &Request) -> String {
    let id = request.headers().get(REQUEST_ID);
    id.ok().flatten().unwrap_or_default()
}

/// A request that was not answered because of us.
pub(crate) fn request_failed(request: &str, error: &ApiError) {
    let line = Line {
        status: Some(error.status()),
        code: Some(error.code()),
        ..line("error", request, "request_failed", error.cause())
    };
    if let Ok(text) = serde_json::to_string(&line) {
        console_error!("{text}");
    }
}

/// An object, or a part of its work, that broke down.
pub(crate) fn object_failed(request: &str, name: &str, message: &str) {
    let line = Line {
        name: Some(name),
        ..line("error", request, "object_failed", message)
    };
    if let Ok(text) = serde_json::to_string(&line) {
        console_error!("{text}");
    }
}

/// An object or a store that did not give what it should have, and that an answer goes without.
pub(crate) fn source_failed(request: &str, name: &str, message: &str) {
    warn(name, &line("warn", request, "source_failed", message));
}

/// Work that is written down, and that waits for somebody who does not answer.
pub(crate) fn put_off(request: &str, name: &str, message: &str) {
    warn(name, &line("warn", request, "put_off", message));
}

fn warn<'a>(name: &'a str, line: &Line<'a>) {
    let line = Line {
        name: Some(name),
        ..*line
    };
    if let Ok(text) = serde_json::to_string(&line) {
        console_warn!("{text}");
    }
}

fn line<'a>(
    level: &'static str,
    request: &'a str,
    event: &'static str,
    message: &'a str,
) -> Line<'a> {
    Line {
        level,
        request,
        event,
        name: None,
        status: None,
        code: None,
        message,
    }
}
