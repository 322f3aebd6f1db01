//! `…/environments/{environment}/flags`.

use pennon_api::{FlagChanged, FlagHistory, FlagList, FlagSummary, KillRequest, RevertRequest};
use serde_json::{Map, Value};

use crate::call::Answer;
use crate::error::ApiError;
use crate::names::{check_document_key, check_reason};
use crate::project::{Patch, ProjectRequest};
use crate::store::{hubs, snapshots, versions};

/// How many versions a history shows.
const HISTORY_LENGTH: u32 = 100;

/// All flags of an environment; archived ones with `?archived=true`.
pub(crate) fn list(request: &ProjectRequest<'_>, environment: &str) -> Result<Answer, ApiError> {
    let model = request.model()?;
    let row = model.environment(environment)?;
    let wants_archived = request
        .call
        .query
        .get("archived")
        .is_some_and(|value| value == "true");
    let mut flags = Vec::new();
    for (key, updated_at, updated_by) in versions::newest(request.db, &row.key)? {
        let archived = model.flags.get(&key).is_some_and(|flag| flag.archived);
        if archived && !wants_archived {
            continue;
        }
        flags.push(FlagSummary {
            version: model.last_version(environment, &key),
            flag: model.merged(environment, &key).unwrap_or_default(),
            key,
            updated_at,
            updated_by,
            archived,
        });
    }
    Answer::ok(&FlagList { flags })
}

/// One flag, as it was sent.
pub(crate) fn show(
    request: &ProjectRequest<'_>,
    environment: &str,
    key: &str,
) -> Result<Answer, ApiError> {
    let model = request.flag(key)?;
    model.environment(environment)?;
    let version = model
        .live_version(environment, key)
        .ok_or_else(|| ApiError::not_found("flag", key))?;
    Ok(Answer::ok(&model.merged(environment, key))?.tagged(version))
}

/// Stores a flag.
pub(crate) async fn put(
    request: &ProjectRequest<'_>,
    environment: &str,
    key: &str,
) -> Result<Answer, ApiError> {
    check_document_key(key)?;
    let document: Map<String, Value> = request.call.document()?;
    let is_new = request.flag(key)?.live_version(environment, key).is_none();
    let patch = Patch::PutFlag {
        environment: environment.to_owned(),
        key: key.to_owned(),
        document,
    };
    let status = if is_new { 201 } else { 200 };
    change(request, (environment, key), patch, status).await
}

/// Takes a flag out of every environment.
pub(crate) async fn archive(
    request: &ProjectRequest<'_>,
    environment: &str,
    key: &str,
) -> Result<Answer, ApiError> {
    let patch = Patch::ArchiveFlag {
        environment: environment.to_owned(),
        key: key.to_owned(),
    };
    let archived = change(request, (environment, key), patch, 200).await;
    archived.map_err(|error| error.still_used("flag", key))
}

/// Sets or clears the killed bit.
pub(crate) async fn set_killed(
    request: &ProjectRequest<'_>,
    environment: &str,
    key: &str,
    killed: bool,
) -> Result<Answer, ApiError> {
    let KillRequest { reason } = request.call.optional_json()?;
    check_reason(reason.as_deref())?;
    let patch = Patch::SetKilled {
        environment: environment.to_owned(),
        key: key.to_owned(),
        killed,
        reason,
    };
    change(request, (environment, key), patch, 200).await
}

/// The versions of a flag, of an archived one too.
pub(crate) fn history(
    request: &ProjectRequest<'_>,
    environment: &str,
    key: &str,
) -> Result<Answer, ApiError> {
    request.environment(environment)?;
    let versions = versions::history(request.db, environment, key, HISTORY_LENGTH)?;
    if versions.is_empty() {
        return Err(ApiError::not_found("flag", key));
    }
    Answer::ok(&FlagHistory { versions })
}

/// Makes an old version the newest one.
pub(crate) async fn revert(
    request: &ProjectRequest<'_>,
    environment: &str,
    key: &str,
) -> Result<Answer, ApiError> {
    let RevertRequest { version, reason } = request.call.json()?;
    check_reason(reason.as_deref())?;
    request.environment(environment)?;
    let old = versions::get(request.db, environment, key, version)?
        .ok_or_else(|| ApiError::not_found("version", &version.to_string()).at("/version"))?;
    let Value::Object(document) = old.flag else {
        return Err(ApiError::internal("a stored flag is not an object"));
    };
    let patch = Patch::RevertFlag {
        environment: environment.to_owned(),
        key: key.to_owned(),
        document,
        reason,
    };
    change(request, (environment, key), patch, 200).await
}

async fn change(
    request: &ProjectRequest<'_>,
    (environment, key): (&str, &str),
    patch: Patch,
    status: u16,
) -> Result<Answer, ApiError> {
    let applied = request.commit(patch).await?;
    let model = request.flag(key)?;
    let id = &model.environment(environment)?.id;
    let newest = snapshots::newest(request.db, id)?;
    let revision = newest.map_or(0, |newest| newest.revision);
    let version = model.last_version(environment, key);
    let body = FlagChanged {
        key: key.to_owned(),
        version: applied.version.unwrap_or(version),
        revision,
        published: request.is_published(Some(id))?,
        hubs: hubs::reached(request.db, id, revision)?,
        warnings: applied.warnings,
        flag: model.merged(environment, key).unwrap_or_default(),
    };
    let version = body.version;
    Ok(Answer::with_status(status, &body)?.tagged(version))
}
