//! `…/log`, `…/defs` and `…/contrib`: the files that shards have written. The contract is
//! `docs/raw-log.md`.

use futures_util::future::try_join_all;
use pennon_api::Retained;
use serde::{Deserialize, Serialize};
use worker::{Bucket, Response, ResponseBuilder};

use super::data::Place;
use crate::error::ApiError;

/// Files in one answer.
const PAGE: u32 = 1000;

/// One page of a folder.
#[derive(Debug, Serialize)]
struct Files {
    files: Vec<File>,
    /// What to ask `after` next; nothing at the end.
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct File {
    name: String,
    bytes: u64,
}

/// How many files were written.
#[derive(Debug, Serialize, Deserialize)]
struct Flushed {
    files: u64,
}

/// Has every shard write what it holds.
pub(crate) async fn flush(place: &Place<'_>) -> Result<Response, ApiError> {
    let shards = (0..place.shards).map(async |shard| {
        let body = Some(String::new());
        let mut answer = place.ask_shard(shard, "/flush", body).await?;
        Ok::<Flushed, ApiError>(answer.json().await?)
    });
    let flushed = try_join_all(shards).await?;
    let files = flushed.iter().map(|flushed| flushed.files).sum();
    respond(&Flushed { files })
}

/// Has every shard delete what is older than the environment's setting, which each does by itself
/// every few hours.
pub(crate) async fn retain(place: &Place<'_>) -> Result<Response, ApiError> {
    let shards = (0..place.shards).map(async |shard| {
        let body = Some(String::new());
        let mut answer = place.ask_shard(shard, "/retain", body).await?;
        Ok::<Retained, ApiError>(answer.json().await?)
    });
    let mut sum = Retained::default();
    for retained in try_join_all(shards).await? {
        sum.files += retained.files;
        sum.subjects += retained.subjects;
    }
    respond(&sum)
}

/// Names and sizes of a folder's files, in the order of their names.
pub(crate) async fn list(place: &Place<'_>, area: &str) -> Result<Response, ApiError> {
    let folder = format!("{area}/{}/", place.environment);
    let after = place.call.query.get("after").map(String::as_str);
    respond(&page(&place.bucket()?, &folder, after).await?)
}

/// The bytes of one file.
pub(crate) async fn file(place: &Place<'_>, area: &str, name: &str) -> Result<Response, ApiError> {
    let path = format!("{area}/{}/{name}", place.environment);
    let object = place.bucket()?.get(path).execute().await?;
    let object = object.ok_or_else(|| ApiError::not_found("file", name))?;
    let body = object
        .body()
        .ok_or_else(|| ApiError::internal("the file has no content"))?;
    let kind = if area == "log" {
        "application/gzip"
    } else {
        "application/json"
    };
    let builder = ResponseBuilder::new()
        .with_header("Cache-Control", "no-store")?
        .with_header("Content-Type", kind)?
        .with_header("ETag", &object.http_etag())?;
    Ok(builder.body(body.response_body()?))
}

async fn page(bucket: &Bucket, folder: &str, after: Option<&str>) -> Result<Files, ApiError> {
    let list = bucket.list().prefix(folder).limit(PAGE);
    let list = match after {
        Some(after) => list.start_after(format!("{folder}{after}")),
        None => list,
    };
    let found = list.execute().await?;
    let files: Vec<File> = found
        .objects()
        .iter()
        .filter_map(|object| {
            let name = object.key().strip_prefix(folder)?.to_owned();
            let bytes = object.size();
            Some(File { name, bytes })
        })
        .collect();
    let next = match files.last() {
        Some(file) if found.truncated() => Some(file.name.clone()),
        _ => None,
    };
    Ok(Files { files, next })
}

fn respond<T: Serialize>(body: &T) -> Result<Response, ApiError> {
    let builder = ResponseBuilder::new().with_header("Cache-Control", "no-store")?;
    Ok(builder.from_json(body)?)
}
