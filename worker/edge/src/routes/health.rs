//! `GET /healthz`.

use serde::Serialize;
use worker::Response;

use crate::error::Failure;
use crate::respond;

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

/// Says that the isolate runs and its bindings are there.
pub(crate) fn get() -> Result<Response, Failure> {
    respond::json(&Health { status: "ok" })
}
