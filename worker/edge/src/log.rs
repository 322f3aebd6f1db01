//! One line of JSON for each thing that goes wrong. Keys, contexts and bodies never get here.

use serde::Serialize;
use worker::{console_error, console_warn};

use crate::error::Failure;
use crate::visit::VisitId;

#[derive(Serialize)]
struct Line<'a> {
    level: &'static str,
    request: String,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

/// A request that was not answered because of us.
pub(crate) fn failed(id: VisitId, failure: &Failure) {
    error(&Line {
        status: Some(failure.kind().status()),
        code: Some(failure.kind().code()),
        message: Some(failure.message()),
        ..line("error", id, "request_failed")
    });
}

/// A source that did not give what it should have.
pub(crate) fn source_failed(id: VisitId, source: &str, name: &str, message: &str) {
    warn(&Line {
        source: Some(source),
        name: Some(name),
        message: Some(message),
        ..line("warn", id, "source_failed")
    });
}

/// Something that is served although nobody could confirm it.
pub(crate) fn served_stale(id: VisitId, name: &str, message: &str) {
    warn(&Line {
        name: Some(name),
        message: Some(message),
        ..line("warn", id, "served_stale")
    });
}

fn line(level: &'static str, id: VisitId, event: &'static str) -> Line<'static> {
    Line {
        level,
        request: id.to_string(),
        event,
        source: None,
        name: None,
        status: None,
        code: None,
        message: None,
    }
}

fn warn(line: &Line<'_>) {
    if let Ok(text) = serde_json::to_string(line) {
        console_warn!("{text}");
    }
}

fn error(line: &Line<'_>) {
    if let Ok(text) = serde_json::to_string(line) {
        console_error!("{text}");
    }
}
