//! The data plane: hands out snapshots and takes events in.
//!
//! It lives when the control Worker is down: what it reads was published to stores before.

mod authorise;
mod error;
mod intake;
mod key;
mod limits;
mod memory;
mod respond;
mod routes;
mod settings;
mod store;

use worker::{Context, Env, Method, Request, Response, Result, event};

use error::{Failure, FailureKind};
use routes::{config, events, health, names};
use settings::Settings;

/// Answers one request.
///
/// # Errors
///
/// Only when the platform cannot even build the answer.
#[event(fetch)]
pub async fn fetch(mut request: Request, env: Env, ctx: Context) -> Result<Response> {
    let outcome = match Settings::of(&env) {
        Ok(settings) => route(&mut request, &settings, &ctx).await,
        Err(failure) => Err(failure),
    };
    let response = respond::finish(outcome)?;
    match request.method() {
        Method::Head => respond::without_body(&response),
        _ => Ok(response),
    }
}

async fn route(
    request: &mut Request,
    settings: &Settings,
    ctx: &Context,
) -> std::result::Result<Response, Failure> {
    let path = request.path();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    // Who asks for the head alone gets what GET would answer; the body is taken off at the end.
    let method = match request.method() {
        Method::Head => Method::Get,
        method => method,
    };
    match (method, segments.as_slice()) {
        (Method::Options, _) => respond::preflight(),
        (Method::Get, ["healthz"]) => health::get(),
        (Method::Get, ["v1", "config"]) => config::get(request, settings, ctx, None).await,
        (Method::Get, ["v1", "config", key]) => {
            config::get(request, settings, ctx, Some(key)).await
        }
        (Method::Get, ["v1", "names", key, plan]) => {
            names::get(request, settings, ctx, key, plan).await
        }
        (Method::Post, ["v1", "events"]) => events::post(request, settings).await,
        (
            _,
            ["healthz"] | ["v1", "config" | "events"] | ["v1", "config", _] | ["v1", "names", _, _],
        ) => Err(Failure::new(
            FailureKind::MethodNotAllowed,
            "this address has no such method",
        )),
        _ => Err(Failure::new(
            FailureKind::NotFound,
            format!("there is nothing at `{path}`"),
        )),
    }
}
