//! `…/segments`, `…/lists`, `…/attributes`, `…/groups`, `…/metrics`: documents of a project.

use pennon_api::{Definition, DefinitionChanged, DefinitionList, Problem};
use serde_json::Value;

use crate::call::Answer;
use crate::error::ApiError;
use crate::metric;
use crate::names::check_document_key;
use crate::project::{Patch, ProjectRequest, check_attribute, singular};
use crate::store::definitions::DefinitionRow;

const KINDS: [&str; 5] = ["segments", "lists", "attributes", "groups", "metrics"];

/// All of a kind.
pub(crate) fn list(request: &ProjectRequest<'_>, kind: &str) -> Result<Answer, ApiError> {
    let kind = known(kind)?;
    let model = request.definitions()?;
    let items = model
        .definitions
        .into_values()
        .filter(|row| row.kind == kind && !row.deleted)
        .map(shown)
        .collect();
    Answer::ok(&DefinitionList { items })
}

/// One, as it was sent.
pub(crate) fn show(
    request: &ProjectRequest<'_>,
    kind: &str,
    key: &str,
) -> Result<Answer, ApiError> {
    let kind = known(kind)?;
    let model = request.definitions()?;
    let row = model
        .definition(kind, key)
        .ok_or_else(|| ApiError::not_found(singular(kind), key))?;
    Ok(Answer::ok(&row.document)?.tagged(row.version))
}

/// Stores one.
pub(crate) async fn put(
    request: &ProjectRequest<'_>,
    kind: &str,
    key: &str,
) -> Result<Answer, ApiError> {
    let kind = known(kind)?;
    check_document_key(key)?;
    let document: Value = request.call.document()?;
    let mut warnings = Vec::new();
    if kind == "metrics" {
        metric::check(&document)?;
        warnings = metric::unknown_fields(&document);
    }
    let model = request.definitions()?;
    if kind == "attributes" {
        check_attribute(&model, key, &document)?;
    }
    let is_new = model.definition(kind, key).is_none();
    let patch = Patch::PutDefinition {
        kind,
        key: key.to_owned(),
        document,
    };
    let status = if is_new { 201 } else { 200 };
    change(request, (kind, key), patch, (status, warnings)).await
}

/// Removes one.
pub(crate) async fn delete(
    request: &ProjectRequest<'_>,
    kind: &str,
    key: &str,
) -> Result<Answer, ApiError> {
    let kind = known(kind)?;
    let patch = Patch::DeleteDefinition {
        kind,
        key: key.to_owned(),
    };
    let deleted = change(request, (kind, key), patch, (200, Vec::new())).await;
    deleted.map_err(|error| error.still_used(singular(kind), key))
}

async fn change(
    request: &ProjectRequest<'_>,
    (kind, key): (&'static str, &str),
    patch: Patch,
    (status, mut warnings): (u16, Vec<Problem>),
) -> Result<Answer, ApiError> {
    let applied = request.commit(patch).await?;
    warnings.extend(applied.warnings);
    let place = (kind.to_owned(), key.to_owned());
    let stored = request
        .definitions()?
        .definitions
        .get(&place)
        .map_or(0, |row| row.version);
    let body = DefinitionChanged {
        key: key.to_owned(),
        version: stored,
        published: request.is_published(None)?,
        warnings,
    };
    Ok(Answer::with_status(status, &body)?.tagged(stored))
}

fn known(kind: &str) -> Result<&'static str, ApiError> {
    KINDS
        .into_iter()
        .find(|known| *known == kind)
        .ok_or_else(ApiError::no_route)
}

fn shown(row: DefinitionRow) -> Definition {
    Definition {
        key: row.key,
        version: row.version,
        updated_at: row.at,
        updated_by: row.actor,
        document: row.document,
    }
}
