//! The control plane: the admin API, its pages, and the objects that hold the truth.

mod call;
mod credential;
mod directory;
mod error;
mod exposition;
mod gzip;
mod hub;
mod incoming;
mod log;
mod metric;
mod names;
mod overflow;
mod policy;
mod precondition;
mod problems;
mod project;
mod routes;
mod scope;
mod shard;
mod shard_call;
mod store;
mod timeout;
mod transaction;

use worker::{Context, Env, MessageBatch, Method, Request, Response, Result, event};

pub use directory::Directory;
pub use hub::Hub;
pub use project::Project;
pub use shard::Shard;

use error::ApiError;
use incoming::Incoming;
use routes::{data, exposures, health, metrics, pages, removal};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let method = request.method();
    // Without chance requests cannot be told apart in the log; they are answered all the same.
    let id = credential::random_name().unwrap_or_default();
    let response = match route(request, &id, &env).await {
        Ok(response) => response,
        Err(error) => error.into_response(&id)?,
    };
    // Headers of what an object answers cannot be changed, but those of a copy can.
    let headers = response.headers().clone();
    headers.set("X-Request-Id", &id)?;
    let response = response.with_headers(headers);
    match method {
        Method::Head => {
            let head = Response::empty()?.with_status(response.status_code());
            Ok(head.with_headers(response.headers().clone()))
        }
        _ => Ok(response),
    }
}

#[event(queue)]
async fn queue(batch: MessageBatch<String>, env: Env, _context: Context) -> Result<()> {
    overflow::consume(batch, &env).await
}

async fn route(request: Request, id: &str, env: &Env) -> std::result::Result<Response, ApiError> {
    let incoming = Incoming::read(request, id).await?;
    let method = incoming.call.method.clone();
    let path = incoming.call.path.clone();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match (method.as_str(), path.as_slice()) {
        ("GET", []) => pages::admin(incoming, env).await,
        ("GET", ["assets", name]) => pages::asset(name),
        ("GET", ["healthz"]) => health::show(incoming, env).await,
        ("GET", ["metrics"]) => metrics::show(incoming, env).await,

        ("GET", ["setup", _]) => pages::setup(incoming, env).await,
        ("POST", ["setup", _]) => incoming.hand_to_directory(env, None, 0).await,

        (_, ["api", "v1", "tokens", ..] | ["api", "v1", "projects"]) => {
            let actor = incoming.authenticate(env, None).await?;
            incoming.hand_to_directory(env, Some(actor), 2).await
        }
        ("GET", ["api", "v1", "projects", project]) => {
            let actor = incoming.authenticate(env, Some(project)).await?;
            incoming.hand_to_directory(env, Some(actor), 2).await
        }
        (_, ["api", "v1", "projects", project, rest @ ..]) => {
            let actor = incoming.authenticate(env, Some(project)).await?;
            let method = method.as_str();
            match (method, rest) {
                ("DELETE", []) => removal::delete(incoming, env, actor, project).await,
                (_, []) => Err(ApiError::no_route()),
                ("GET", ["environments", environment, "exposures"]) => {
                    exposures::show(incoming, env, actor, (project, environment)).await
                }
                (_, ["environments", environment, area, rest @ ..])
                    if data::AREAS.contains(area) =>
                {
                    let place = (*project, *environment, *area);
                    data::answer(incoming, env, actor, place, rest).await
                }
                _ => incoming.hand_to_project(env, actor, project, rest).await,
            }
        }
        _ => Err(ApiError::no_route()),
    }
}
