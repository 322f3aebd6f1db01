//! Immutable documents, named by their content: snapshots and names.

use std::rc::Rc;
use std::time::Duration;

use worker::{Date, Error, Result};

use super::near::{self, Copy};
use super::project;
use super::timeout::within;
use crate::counts::{self, Source};
use crate::error::{Failure, FailureKind};
use crate::key::sha256_hex;
use crate::log;
use crate::memory;
use crate::settings::Settings;
use crate::visit::Visit;

/// How long one store may take.
const STORE_LIMIT: Duration = Duration::from_millis(1_500);
/// How long the cache may take.
const CACHE_LIMIT: Duration = Duration::from_millis(500);
/// The cache and the key-value store may keep a document near by for a month and a day: it cannot
/// change.
const CACHE_SECONDS: u32 = 2_592_000;
const NEAR_SECONDS: u64 = 86_400;

/// Which document, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// Its name in the stores.
    name: String,
    /// SHA-256 of its bytes.
    hash: String,
}

impl Name {
    /// An envelope with its plan.
    pub(crate) fn snapshot(hash: &str) -> Name {
        Name::of("snap/", hash, "", hash)
    }

    /// An envelope, compressed: `suffix` is `.br` or `.gz`, `content` the hash of its bytes.
    pub(crate) fn compressed(hash: &str, suffix: &str, content: &str) -> Name {
        Name::of("snap/", hash, suffix, content)
    }

    /// What explaining needs.
    pub(crate) fn names(hash: &str) -> Name {
        Name::of("names/", hash, "", hash)
    }

    fn of(folder: &str, hash: &str, suffix: &str, content: &str) -> Name {
        Name {
            name: [folder, hash, suffix].concat(),
            hash: content.to_owned(),
        }
    }
}

/// Finds a document in the nearest source that has it undamaged.
///
/// # Errors
///
/// 503 when none has.
pub(crate) async fn read(
    visit: &Visit,
    project: &str,
    document: &Name,
) -> std::result::Result<Rc<[u8]>, Failure> {
    if let Some(bytes) = recall(document) {
        return Ok(bytes);
    }
    let Some((source, bytes)) = find(visit, project, document).await else {
        let message = format!("no store has `{}` at the moment", document.name);
        return Err(Failure::new(FailureKind::StoreUnavailable, message));
    };
    counts::document_from(source);
    let held: Rc<[u8]> = Rc::from(bytes.as_slice());
    memory::remember_document(&document.name, &held);
    if source != Source::Cache {
        let (name, id) = (document.name.clone(), visit.id);
        let read_at = Date::now().as_millis();
        visit.ctx.wait_until(async move {
            if let Err(error) = near::put(&name, Copy { bytes, read_at }, CACHE_SECONDS).await {
                log::source_failed(id, "cache", &name, &error.to_string());
            }
        });
    }
    Ok(held)
}

/// The document, if this isolate holds it.
pub(crate) fn recall(document: &Name) -> Option<Rc<[u8]>> {
    let bytes = memory::recall_document(&document.name)?;
    counts::document_from(Source::Memory);
    Some(bytes)
}

async fn find(visit: &Visit, project: &str, document: &Name) -> Option<(Source, Vec<u8>)> {
    let Name { name, hash } = document;
    let settings = &*visit.settings;
    let whole = |source: Source, found| whole(visit, source, document, found);
    let cached = within(CACHE_LIMIT, near::get(name)).await;
    let cached = cached.map(|copy| copy.map(|copy| copy.bytes));
    if let Some(found) = whole(Source::Cache, cached) {
        return Some(found);
    }
    let near = within(STORE_LIMIT, near_by(settings, name)).await;
    if let Some(found) = whole(Source::Kv, near) {
        return Some(found);
    }
    let archived = within(STORE_LIMIT, archived(settings, name)).await;
    if let Some(found) = whole(Source::R2, archived) {
        return Some(found);
    }
    // The Project object keeps plain documents only.
    let is_plain = name.ends_with(hash.as_str());
    if !is_plain {
        return None;
    }
    let asked = project::ask(settings, project, name).await;
    whole(Source::Project, asked.map(Some))
}

/// The bytes, if they came and are what their name says.
fn whole(
    visit: &Visit,
    source: Source,
    document: &Name,
    found: Result<Option<Vec<u8>>>,
) -> Option<(Source, Vec<u8>)> {
    let message = match found {
        Ok(Some(bytes)) if sha256_hex(&bytes) == document.hash => return Some((source, bytes)),
        Ok(None) => return None,
        Ok(Some(_)) => "the copy is damaged".to_owned(),
        Err(error) => error.to_string(),
    };
    log::source_failed(visit.id, source.name(), &document.name, &message);
    None
}

async fn near_by(settings: &Settings, name: &str) -> Result<Option<Vec<u8>>> {
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
