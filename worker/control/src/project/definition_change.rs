//! Working out changes of segments, lists, attributes, groups and metrics.

use serde_json::Value;

use super::change::{Author, Change, Write};
use super::model::Model;
use super::uses;
use crate::credential::sha256_hex;
use crate::error::ApiError;
use crate::precondition::Basis;
use crate::store::audit::AuditEntry;
use crate::store::definitions::DefinitionRow;

/// Stores a sent document.
pub(crate) fn put(
    model: &mut Model,
    (kind, key): (&str, &str),
    document: Value,
    basis: &Basis,
    author: Author<'_>,
) -> Result<Option<Change>, ApiError> {
    let stored = model.definition(kind, key);
    basis.check(stored.map(|row| row.version))?;
    if stored.is_some_and(|row| row.document == document) {
        return Ok(None);
    }
    Ok(Some(store(model, (kind, key), Some(document), author)))
}

/// Removes a definition; its versions stay.
pub(crate) fn delete(
    model: &mut Model,
    (kind, key): (&str, &str),
    basis: &Basis,
    author: Author<'_>,
) -> Result<Option<Change>, ApiError> {
    let stored = model
        .definition(kind, key)
        .ok_or_else(|| ApiError::not_found(singular(kind), key))?;
    basis.check(Some(stored.version))?;
    if matches!(kind, "attributes" | "groups") {
        let uses = uses::of(model, kind, key);
        if !uses.is_empty() {
            return Err(ApiError::in_use(singular(kind), key, uses));
        }
    }
    Ok(Some(store(model, (kind, key), None, author)))
}

/// One of a kind, as error codes call it.
pub(crate) fn singular(kind: &str) -> &str {
    kind.strip_suffix('s').unwrap_or(kind)
}

fn store(
    model: &mut Model,
    (kind, key): (&str, &str),
    document: Option<Value>,
    author: Author<'_>,
) -> Change {
    let place = (kind.to_owned(), key.to_owned());
    let version = model.definitions.get(&place).map_or(0, |row| row.version) + 1;
    let deleted = document.is_none();
    let row = DefinitionRow {
        kind: kind.to_owned(),
        key: key.to_owned(),
        version,
        deleted,
        actor: author.actor.name.clone(),
        at: author.now,
        document: document.unwrap_or_default(),
    };
    let audit = AuditEntry {
        action: if deleted {
            "definition.delete"
        } else {
            "definition.put"
        },
        target: format!("{kind}/{key}"),
        version: Some(version),
        content: sha256_hex(row.document.to_string().as_bytes()),
    };
    model.definitions.insert(place, row.clone());
    Change {
        writes: vec![Write::Definition(row)],
        environments: model
            .environments
            .iter()
            .map(|row| row.key.clone())
            .collect(),
        audit,
        version: Some(version),
        kill: None,
        must_seal: false,
    }
}
