//! `GET /v1/config/{key}`: the snapshot that a key opens.

use pennon_api::{KeyKind, KeyRecord};
use worker::{Context, Headers, Request, Response};

use crate::authorise::{audience, authorise};
use crate::error::Failure;
use crate::settings::Settings;
use crate::store::document::{self, Sort};
use crate::store::record;

/// How long copies may be used; afterwards they may still be used while a better one is fetched.
const FRESHNESS: &str = "max-age=5, stale-while-revalidate=60, stale-if-error=86400";

/// The envelope's bytes, or 304 for who has them.
pub(crate) async fn get(
    request: &Request,
    settings: &Settings,
    ctx: &Context,
    key: Option<&str>,
) -> Result<Response, Failure> {
    let key = authorise(settings, request.headers(), key).await?;
    let environment = record::environment(settings, &key).await?;
    let hash = &audience(&key, &environment).snapshot;
    let headers = headers(&key, request, hash, environment.revision)?;
    if is_known(request, hash)? {
        return Ok(Response::empty()?.with_status(304).with_headers(headers));
    }
    let envelope = document::read(settings, ctx, &key.project, Sort::Snapshot, hash).await?;
    headers.set("Content-Type", "application/octet-stream")?;
    Ok(Response::from_bytes(envelope.to_vec())?.with_headers(headers))
}

fn headers(
    key: &KeyRecord,
    request: &Request,
    hash: &str,
    revision: u64,
) -> Result<Headers, Failure> {
    // A shared copy is found by its address alone, so only a key in the address may lead to one.
    let is_shared = key.kind == KeyKind::Client && !request.headers().has("Authorization")?;
    let who = if is_shared { "public" } else { "private" };
    let headers = Headers::new();
    headers.set("ETag", &format!("\"{hash}\""))?;
    headers.set("Cache-Control", &format!("{who}, {FRESHNESS}"))?;
    headers.set("X-Pennon-Revision", &revision.to_string())?;
    if !key.origins.is_empty() {
        headers.set("Vary", "Origin")?;
    }
    Ok(headers)
}

/// Whether `If-None-Match` names the hash, weakly or strongly.
fn is_known(request: &Request, hash: &str) -> Result<bool, Failure> {
    let known = request.headers().get("If-None-Match")?.unwrap_or_default();
    Ok(known
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
        .any(|tag| tag == hash || tag == "*"))
}
