//! `GET /healthz`: whether anybody has set up, and how each dependency does.

use std::cell::RefCell;
use std::time::Duration;

use futures_util::future::join4;
use serde::Serialize;
use serde_json::{Value, json};
use worker::{Date, Env, Response, Result};

use crate::error::ApiError;
use crate::incoming::Incoming;
use crate::timeout::within;

/// How long a dependency may take to be well.
const LIMIT: Duration = Duration::from_secs(2);
/// Anybody may ask, so the dependencies are asked once in this time.
const FRESH_MS: u64 = 5_000;
/// A name that nothing has: the answer that it is not there is an answer.
const NOTHING: &str = "health";

thread_local! {
    static LAST: RefCell<Option<(u64, [State; 4])>> = const { RefCell::new(None) };
}

/// What a dependency did.
#[derive(Debug, Clone, Serialize)]
struct State {
    ok: bool,
    ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Has a setup link printed while nobody has used one, and answers how everything does: 503 where
/// nobody can sign in, or nothing can be published.
pub(crate) async fn show(
    mut incoming: Incoming,
    env: &Env,
) -> std::result::Result<Response, ApiError> {
    "POST".clone_into(&mut incoming.call.method);
    incoming.call.path = vec!["announce".to_owned()];
    let started_at = now();
    let mut set_up = Value::Null;
    let announced = async {
        let handed = incoming.hand_to_directory(env, None, 0).await;
        let mut answer =
            handed.map_err(|error| worker::Error::RustError(error.code().to_owned()))?;
        let body: Value = answer.json().await?;
        set_up = body.get("set_up").cloned().unwrap_or_default();
        Ok(())
    };
    let directory = state(started_at, within(LIMIT, announced).await);
    let [r2, kv, projects, shards] = dependencies(env).await;
    let ok = directory.ok && projects.ok && (r2.ok || kv.ok);
    let degraded = ![&directory, &r2, &kv, &projects, &shards]
        .iter()
        .all(|one| one.ok);
    let body = json!({
        "set_up": set_up,
        "ok": ok,
        "degraded": degraded,
        "dependencies": {
            "directory": directory, "r2": r2, "kv": kv, "projects": projects, "shards": shards,
        },
    });
    let response = Response::from_json(&body)?;
    response.headers().set("Cache-Control", "no-store")?;
    Ok(response.with_status(if ok { 200 } else { 503 }))
}

/// The dependencies that do not say who has set up, asked at once or a moment ago.
async fn dependencies(env: &Env) -> [State; 4] {
    let last = LAST.with_borrow(Clone::clone);
    if let Some((at, states)) = last
        && now().saturating_sub(at) < FRESH_MS
    {
        return states;
    }
    let r2 = probe(async { env.bucket("ARCHIVE")?.head(NOTHING).await.map(drop) });
    let kv = probe(async { Ok(env.kv("SNAPSHOTS")?.get(NOTHING).bytes().await.map(drop)?) });
    let projects = probe(object(env, "PROJECT"));
    let shards = probe(object(env, "SHARD"));
    let (r2, kv, projects, shards) = join4(r2, kv, projects, shards).await;
    let states = [r2, kv, projects, shards];
    LAST.set(Some((now(), states.clone())));
    states
}

/// An object that belongs to nobody; whatever it says, it says something.
async fn object(env: &Env, binding: &str) -> Result<()> {
    let stub = env.durable_object(binding)?.get_by_name(NOTHING)?;
    stub.fetch_with_str("https://object/health").await.map(drop)
}

async fn probe(work: impl Future<Output = Result<()>>) -> State {
    let started_at = now();
    state(started_at, within(LIMIT, work).await)
}

fn state(started_at: u64, outcome: Result<()>) -> State {
    State {
        ok: outcome.is_ok(),
        ms: now().saturating_sub(started_at),
        error: outcome.err().map(|error| error.to_string()),
    }
}

fn now() -> u64 {
    Date::now().as_millis()
}
