//! The data plane: hands out snapshots, decides flags and takes events in.
//!
//! It lives when the control Worker is down: what it reads was published to stores before.

mod authorise;
mod beacon;
mod chance;
mod counts;
mod encoding;
mod error;
mod evaluator;
mod intake;
mod key;
mod limits;
mod log;
mod memory;
mod respond;
mod routes;
mod settings;
mod store;
mod trusted;
mod visit;

use worker::{Context, Env, Method, Request, Response, Result, event};

use counts::Route;
use error::{Failure, FailureKind};
use routes::{config, evaluate, events, health, keys, metrics, names, stream};
use settings::Settings;
use visit::{Visit, VisitId};

/// Answers one request.
///
/// # Errors
///
/// Only when the platform cannot even build the answer.
#[event(fetch)]
pub async fn fetch(mut request: Request, env: Env, ctx: Context) -> Result<Response> {
    let (id, outcome) = match Settings::of(&env) {
        Ok(settings) => {
            let visit = Visit::new(settings, ctx);
            (visit.id, route(&mut request, &visit).await)
        }
        Err(failure) => (VisitId::next(), Err(failure)),
    };
    let response = respond::finish(id, outcome)?;
    counts::answered(Route::of(&request.path()), response.status_code());
    match request.method() {
        Method::Head => respond::without_body(&response),
        _ => Ok(response),
    }
}

async fn route(request: &mut Request, visit: &Visit) -> std::result::Result<Response, Failure> {
    let path = request.path();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    // Who asks for the head alone gets what GET would answer; the body is taken off at the end.
    let method = match request.method() {
        Method::Head => Method::Get,
        method => method,
    };
    match (method, segments.as_slice()) {
        (Method::Options, _) => respond::preflight(),
        (Method::Get, ["healthz"]) => health::get(visit).await,
        (Method::Get, ["metrics"]) => metrics::get(request, visit),
        (Method::Get, ["v1", "config"]) => config::get(request, visit, None).await,
        (Method::Get, ["v1", "config", key]) => config::get(request, visit, Some(key)).await,
        (Method::Get, ["v1", "names", key, plan]) => names::get(request, visit, key, plan).await,
        (Method::Post, ["v1", "evaluate"]) => evaluate::post(request, visit).await,
        (Method::Post, ["v1", "events"]) => events::post(request, visit).await,
        (Method::Get, ["v1", "keys"]) => keys::get(request, visit).await,
        (Method::Get, ["v1", "stream"]) => stream::get(request, visit).await,
        (_, ["v1", "evaluate" | "events"]) => Err(Failure::method_not_allowed("POST, OPTIONS")),
        (
            _,
            ["healthz" | "metrics"]
            | ["v1", "config" | "keys" | "stream"]
            | ["v1", "config", _]
            | ["v1", "names", _, _],
        ) => Err(Failure::method_not_allowed("GET, HEAD, OPTIONS")),
        _ => Err(Failure::new(
            FailureKind::NotFound,
            format!("there is nothing at `{path}`"),
        )),
    }
}
