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
mod prompt;
mod respond;
mod routes;
mod settings;
mod store;
mod trusted;
mod visit;

use std::pin::Pin;

use futures_util::future::Either;
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{self, JsValue};
use worker::wasm_bindgen_futures::future_to_promise;
use worker::worker_sys::{self, web_sys};
use worker::{Context, Env};

use body::Body;
use counts::Route;
use error::{Failure, FailureKind};
use platform::Head;
use respond::Answer;
use routes::{config, evaluate, events, health, keys, metrics, names, stream};
use settings::Settings;
use visit::{Visit, VisitId};

/// Answers one request: with a response, or with the promise of one where something must be waited
/// for.
///
/// A response at once costs a third of a promise, and what an isolate remembers needs no waiting.
/// `now` is when it came, in epoch milliseconds, and `body` what the entry has read already; it does
/// that for bodies that are told to be small.
#[wasm_bindgen]
pub fn answer(
    request: web_sys::Request,
    env: Env,
    ctx: worker_sys::Context,
    now: f64,
    body: Option<Vec<u8>>,
) -> JsValue {
    let head = Head::of(&request, now);
    let work = respond_to(request, head, env, Context::new(ctx), body);
    match prompt::begin(Box::pin(work)) {
        Either::Left(response) => response.into(),
        Either::Right(rest) => future_to_promise(async { Ok(rest.await.into()) }).into(),
    }
}

async fn respond_to(
    request: web_sys::Request,
    head: Head,
    env: Env,
    ctx: Context,
    body: Option<Vec<u8>>,
) -> web_sys::Response {
    let is_head = head.method == "HEAD";
    let kind = Route::of(head.path());
    let (id, outcome) = match Settings::of(&env) {
        Ok(settings) => {
            let visit = Visit::new(settings, ctx, head);
            (visit.id, route(&request, body, &visit).await)
        }
        Err(failure) => (VisitId::next(), Err(failure)),
    };
    let answer = outcome.unwrap_or_else(|failure| respond::failure(id, &failure));
    counts::answered(kind, answer.status());
    answer.send(id, is_head)
}

/// An answer on its way. Each route is a piece of code of its own: a cold isolate compiles the one
/// that is asked for.
type Work<'a> = Pin<Box<dyn Future<Output = Result<Answer, Failure>> + 'a>>;

fn route<'a>(request: &'a web_sys::Request, body: Option<Vec<u8>>, visit: &'a Visit) -> Work<'a> {
    let path = visit.head.path();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    // Who asks for the head alone gets what GET would answer; the body is left out at the end.
    let method = match visit.head.method.as_str() {
        "HEAD" => "GET",
        method => method,
    };
    let body = Body::of(request, body);
    match (method, segments.as_slice()) {
        ("OPTIONS", _) => at_once(Ok(respond::preflight())),
        ("GET", ["healthz"]) => Box::pin(health::get(visit)),
        ("GET", ["metrics"]) => at_once(metrics::get(visit)),
        ("GET", ["v1", "config"]) => Box::pin(config::get(request, visit, None)),
        ("GET", ["v1", "config", key]) => Box::pin(config::get(request, visit, Some(key))),
        ("GET", ["v1", "names", key, plan]) => Box::pin(names::get(visit, key, plan)),
        ("POST", ["v1", "evaluate"]) => Box::pin(evaluate::post(request, body, visit)),
        ("POST", ["v1", "events"]) => Box::pin(events::post(request, body, visit)),
        ("GET", ["v1", "keys"]) => Box::pin(keys::get(visit)),
        ("GET", ["v1", "stream"]) => Box::pin(stream::get(request, visit)),
        (_, ["v1", "evaluate" | "events"]) => {
            at_once(Err(Failure::method_not_allowed("POST, OPTIONS")))
        }
        (
            _,
            ["healthz" | "metrics"]
            | ["v1", "config" | "keys" | "stream"]
            | ["v1", "config", _]
            | ["v1", "names", _, _],
        ) => at_once(Err(Failure::method_not_allowed("GET, HEAD, OPTIONS"))),
        _ => at_once(Err(Failure::new(
            FailureKind::NotFound,
            format!("there is nothing at `{path}`"),
        ))),
    }
}

fn at_once<'a>(outcome: Result<Answer, Failure>) -> Work<'a> {
    Box::pin(std::future::ready(outcome))
}
