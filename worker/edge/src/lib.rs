//! The data plane: hands out snapshots, decides flags and takes events in.
//!
//! It lives when the control Worker is down: what it reads was published to stores before.

mod authorise;
mod beacon;
mod body;
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
mod platform;
mod respond;
mod routes;
mod settings;
mod store;
mod trusted;
mod visit;

use worker::worker_sys::web_sys;
use worker::{Context, Env, Result, event};

use counts::Route;
use error::{Failure, FailureKind};
use platform::Head;
use respond::Answer;
use routes::{config, evaluate, events, health, keys, metrics, names, stream};
use settings::Settings;
use visit::{Visit, VisitId};

/// Answers one request.
///
/// # Errors
///
/// Only when the platform cannot even build the answer.
#[event(fetch)]
pub async fn fetch(request: web_sys::Request, env: Env, ctx: Context) -> Result<web_sys::Response> {
    let head = Head::of(&request);
    let is_head = head.method == "HEAD";
    let kind = Route::of(head.path());
    let (id, outcome) = match Settings::of(&env) {
        Ok(settings) => {
            let visit = Visit::new(settings, ctx, head);
            (visit.id, route(request, &visit).await)
        }
        Err(failure) => (VisitId::next(), Err(failure)),
    };
    let answer = outcome.unwrap_or_else(|failure| respond::failure(id, &failure));
    counts::answered(kind, answer.status());
    Ok(answer.send(id, is_head))
}

async fn route(request: web_sys::Request, visit: &Visit) -> std::result::Result<Answer, Failure> {
    let path = visit.head.path();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    // Who asks for the head alone gets what GET would answer; the body is left out at the end.
    let method = match visit.head.method.as_str() {
        "HEAD" => "GET",
        method => method,
    };
    match (method, segments.as_slice()) {
        ("OPTIONS", _) => Ok(respond::preflight()),
        ("GET", ["healthz"]) => health::get(visit).await,
        ("GET", ["metrics"]) => metrics::get(visit),
        ("GET", ["v1", "config"]) => config::get(&request, visit, None).await,
        ("GET", ["v1", "config", key]) => config::get(&request, visit, Some(key)).await,
        ("GET", ["v1", "names", key, plan]) => names::get(visit, key, plan).await,
        ("POST", ["v1", "evaluate"]) => evaluate::post(request, visit).await,
        ("POST", ["v1", "events"]) => events::post(&mut request.into(), visit).await,
        ("GET", ["v1", "keys"]) => keys::get(visit).await,
        ("GET", ["v1", "stream"]) => stream::get(&request.into(), visit).await,
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
