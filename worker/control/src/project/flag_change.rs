//! Working out changes of flags.

use serde_json::{Map, Value};

use super::change::{Author, Change, Write};
use super::flag_writes::{Target, finish, store, write_part};
use super::model::Model;
use crate::error::ApiError;
use crate::precondition::Basis;
use crate::scope::{self, Parts};

/// Stores a sent document.
pub(crate) fn put(
    model: &mut Model,
    (environment, key): (&str, &str),
    document: Map<String, Value>,
    basis: &Basis,
    author: Author<'_>,
) -> Result<Option<Change>, ApiError> {
    model.environment(environment)?;
    let current = model.live_version(environment, key);
    basis.check(current)?;
    let stored = model.parts_of(environment, key);
    let mut parts = scope::split(document);
    scope::complete(&mut parts, key, stored.as_ref());
    if let Some(stored) = stored.as_ref().filter(|_| current.is_some()) {
        refuse_silent_kill(stored, &parts, basis)?;
        if *stored == parts {
            return Ok(None);
        }
    }
    let action = if current.is_some() {
        "update"
    } else {
        "create"
    };
    let target = Target {
        environment,
        key,
        action,
        reason: None,
    };
    Ok(Some(store(model, &target, parts, author)))
}

/// Makes an old version the newest one. The killed bit stays as it is: whoever goes back to an
/// earlier rule set does not mean to switch on what somebody switched off in an emergency.
pub(crate) fn revert(
    model: &mut Model,
    (environment, key): (&str, &str),
    (document, reason): (Map<String, Value>, Option<String>),
    basis: &Basis,
    author: Author<'_>,
) -> Result<Option<Change>, ApiError> {
    let current = model.live_version(environment, key);
    basis.check(current)?;
    let mut parts = scope::split(document);
    if let Some(stored) = model.parts_of(environment, key) {
        let killed = scope::is_killed(&stored.environment);
        parts
            .environment
            .insert("killed".to_owned(), Value::Bool(killed));
        if current.is_some() && stored == parts {
            return Ok(None);
        }
    }
    let target = Target {
        environment,
        key,
        action: "revert",
        reason,
    };
    Ok(Some(store(model, &target, parts, author)))
}

/// Sets or clears the killed bit.
pub(crate) fn set_killed(
    model: &mut Model,
    (environment, key): (&str, &str),
    (killed, reason): (bool, Option<String>),
    basis: &Basis,
    author: Author<'_>,
) -> Result<Option<Change>, ApiError> {
    let mut parts = live(model, environment, key)?;
    basis.check(model.live_version(environment, key))?;
    if scope::is_killed(&parts.environment) == killed {
        return Ok(None);
    }
    parts
        .environment
        .insert("killed".to_owned(), Value::Bool(killed));
    let action = if killed { "kill" } else { "unkill" };
    let target = Target {
        environment,
        key,
        action,
        reason,
    };
    Ok(Some(store(model, &target, parts, author)))
}

/// Takes a flag out of every environment; its documents and history stay.
pub(crate) fn archive(
    model: &mut Model,
    (environment, key): (&str, &str),
    basis: &Basis,
    author: Author<'_>,
) -> Result<Option<Change>, ApiError> {
    live(model, environment, key)?;
    basis.check(model.live_version(environment, key))?;
    let mut writes = Vec::new();
    if let Some(row) = model.flags.get_mut(key) {
        row.archived = true;
        writes.push(Write::Flag(row.clone()));
    }
    let target = Target {
        environment,
        key,
        action: "archive",
        reason: None,
    };
    let keys: Vec<String> = model
        .environments
        .iter()
        .map(|row| row.key.clone())
        .collect();
    for other in &keys {
        let unchanged = model.parts_of(other, key).map(|parts| parts.environment);
        let there = Target {
            environment: other,
            reason: None,
            ..target
        };
        write_part(
            model,
            &there,
            unchanged.unwrap_or_default(),
            author,
            &mut writes,
        );
    }
    Ok(Some(finish(model, &target, writes, keys)))
}

fn live(model: &Model, environment: &str, key: &str) -> Result<Parts, ApiError> {
    model.environment(environment)?;
    model
        .live_version(environment, key)
        .and_then(|_| model.parts_of(environment, key))
        .ok_or_else(|| ApiError::not_found("flag", key))
}

/// An editor that was opened before somebody killed the flag must not bring it back to life.
fn refuse_silent_kill(stored: &Parts, sent: &Parts, basis: &Basis) -> Result<(), ApiError> {
    let killed = sent.environment.get("killed");
    // What is no truth value is for the checks to name.
    let is_change =
        killed.is_some_and(Value::is_boolean) && stored.environment.get("killed") != killed;
    if !is_change || matches!(basis, Basis::Versions(_)) {
        return Ok(());
    }
    let message = "changing `killed` this way needs `If-Match` with the version you saw; `kill` and `unkill` do not";
    Err(ApiError::new(428, "precondition_required", message).at("/killed"))
}
