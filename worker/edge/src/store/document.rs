//! Immutable documents, named by their content: snapshots and names.

use std::rc::Rc;
use std::time::Duration;

use worker::{Cache, Context, Error, Response, Result, console_error};

use super::project;
use super::timeout::within;
use crate::error::{Failure, FailureKind};
use crate::key::sha256_hex;
use crate::memory;
use crate::settings::Settings;

/// How long one source may take.
const SOURCE_LIMIT: Duration = Duration::from_secs(2);
/// The key-value store may keep a document near by for a day: it cannot change.
const NEAR_SECONDS: u64 = 86_400;

/// A sort of document.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sort {
    /// An envelope with its plan.
    Snapshot,
    /// What explaining needs.
    Names,
}

impl Sort {
    fn folder(self) -> &'static str {
        match self {
            Sort::Snapshot => "snap",
            Sort::Names => "names",
        }
    }
}

/// Finds a document in the nearest source that has it undamaged.
pub(crate) async fn read(
    settings: &Settings,
    ctx: &Context,
    project: &str,
    sort: Sort,
    hash: &str,
) -> std::result::Result<Rc<[u8]>, Failure> {
    let name = format!("{}/{hash}", sort.folder());
    if let Some(bytes) = memory::recall_document(&name) {
        return Ok(bytes);
    }
    if let Some(bytes) = whole(hash, "cache", within(SOURCE_LIMIT, cached(&name)).await) {
        return Ok(hold(&name, &bytes));
    }
    let found = match whole(
        hash,
        "KV",
        within(SOURCE_LIMIT, near(settings, &name)).await,
    ) {
        Some(bytes) => Some(bytes),
        None => whole(
            hash,
            "R2",
            within(SOURCE_LIMIT, archived(settings, &name)).await,
        ),
    };
    let found = match found {
        Some(bytes) => Some(bytes),
        None => whole(
            hash,
            "project",
            project::ask(settings, project, &name).await.map(Some),
        ),
    };
    let bytes = found.ok_or_else(|| {
        let message = format!("no store has `{name}` at the moment");
        Failure::new(FailureKind::StoreUnavailable, message)
    })?;
    let held = hold(&name, &bytes);
    ctx.wait_until(async move {
        if let Err(error) = cache(&name, bytes).await {
            console_error!("the cache refuses {name}: {error}");
        }
    });
    Ok(held)
}

/// The bytes, if they came and are what their name says.
fn whole(hash: &str, source: &str, found: Result<Option<Vec<u8>>>) -> Option<Vec<u8>> {
    match found {
        Ok(Some(bytes)) if sha256_hex(&bytes) == hash => return Some(bytes),
        Ok(Some(_)) => console_error!("{source} has a damaged copy of {hash}"),
        Ok(None) => {}
        Err(error) => console_error!("{source} does not give {hash}: {error}"),
    }
    None
}

fn hold(name: &str, bytes: &[u8]) -> Rc<[u8]> {
    let held: Rc<[u8]> = Rc::from(bytes);
    memory::remember_document(name, held.clone());
    held
}

async fn cached(name: &str) -> Result<Option<Vec<u8>>> {
    match Cache::default().get(cache_url(name), false).await? {
        Some(mut response) => response.bytes().await.map(Some),
        None => Ok(None),
    }
}

async fn cache(name: &str, bytes: Vec<u8>) -> Result<()> {
    let mut response = Response::from_bytes(bytes)?;
    let headers = response.headers_mut();
    headers.set("Cache-Control", "public, max-age=86400, immutable")?;
    Cache::default().put(cache_url(name), response).await
}

/// The Cache API wants a URL; this host exists nowhere else.
fn cache_url(name: &str) -> String {
    format!("https://documents.pennon.invalid/{name}")
}

async fn near(settings: &Settings, name: &str) -> Result<Option<Vec<u8>>> {
    let request = settings.snapshots.get(name).cache_ttl(NEAR_SECONDS);
    Ok(request.bytes().await?)
}

async fn archived(settings: &Settings, name: &str) -> Result<Option<Vec<u8>>> {
    let object = settings.archive.get(name).execute().await?;
    let object = object.ok_or_else(|| Error::RustError("it is not there".to_owned()))?;
    match object.body() {
        Some(body) => body.bytes().await.map(Some),
        None => Ok(None),
    }
}
