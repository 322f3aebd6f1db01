//! Working out changes of flags.

use pennon_api::FlagVersion;
use serde_json::{Map, Value};

use super::change::{Author, Change, Write};
use super::model::Model;
use crate::credential::sha256_hex;
use crate::error::ApiError;
use crate::precondition::Basis;
use crate::scope::{self, Parts};
use crate::store::audit::AuditEntry;
use crate::store::flags::{FlagPartRow, FlagRow};

/// Which flag, where, and how its history calls what happens to it.
pub(crate) struct Target<'a> {
    pub(crate) environment: &'a str,
    pub(crate) key: &'a str,
    pub(crate) action: &'a str,
    pub(crate) reason: Option<String>,
}

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
    let is_same = stored.environment.get("killed") == sent.environment.get("killed");
    if is_same || matches!(basis, Basis::Versions(_)) {
        return Ok(());
    }
    let message = "changing `killed` this way needs `If-Match` with the version you saw; `kill` and `unkill` do not";
    Err(ApiError::new(428, "precondition_required", message).at("/killed"))
}

/// Writes both parts, the version here, and a version in every other environment that the
/// project's part changes or that the flag is new to.
fn store(model: &mut Model, target: &Target<'_>, parts: Parts, author: Author<'_>) -> Change {
    let previous = model.flags.get(target.key);
    let is_project_wide = previous.is_none_or(|row| row.archived || row.document != parts.project);
    let mut writes = Vec::new();
    if is_project_wide {
        let row = FlagRow {
            key: target.key.to_owned(),
            document: parts.project,
            archived: false,
            created_at: previous.map_or(author.now, |row| row.created_at),
        };
        model.flags.insert(target.key.to_owned(), row.clone());
        writes.push(Write::Flag(row));
    }
    let mut environments = vec![target.environment.to_owned()];
    let dormant = scope::dormant(&parts.environment);
    write_part(model, target, parts.environment, author, &mut writes);
    if is_project_wide {
        let others: Vec<String> = model
            .environments
            .iter()
            .map(|row| row.key.clone())
            .filter(|key| key != target.environment)
            .collect();
        for other in &others {
            let document = model
                .parts_of(other, target.key)
                .map(|parts| parts.environment);
            let there = Target {
                environment: other,
                key: target.key,
                action: "inherit",
                reason: None,
            };
            let document = document.unwrap_or_else(|| dormant.clone());
            write_part(model, &there, document, author, &mut writes);
        }
        environments.extend(others);
    }
    finish(model, target, writes, environments)
}

fn write_part(
    model: &mut Model,
    target: &Target<'_>,
    document: Map<String, Value>,
    author: Author<'_>,
    writes: &mut Vec<Write>,
) {
    let version = model.last_version(target.environment, target.key) + 1;
    let part = FlagPartRow {
        environment: target.environment.to_owned(),
        flag: target.key.to_owned(),
        version,
        document,
    };
    let place = (part.environment.clone(), part.flag.clone());
    model.parts.insert(place, part.clone());
    writes.push(Write::FlagPart(part));
    writes.push(Write::FlagVersion {
        environment: target.environment.to_owned(),
        flag: target.key.to_owned(),
        version: FlagVersion {
            version,
            action: target.action.to_owned(),
            actor: author.actor.name.clone(),
            at: author.now,
            reason: target.reason.clone(),
            flag: model
                .merged(target.environment, target.key)
                .unwrap_or_default(),
        },
    });
}

fn finish(
    model: &Model,
    target: &Target<'_>,
    writes: Vec<Write>,
    environments: Vec<String>,
) -> Change {
    let version = model.last_version(target.environment, target.key);
    let document = model
        .merged(target.environment, target.key)
        .unwrap_or_default();
    let action = match target.action {
        "create" => "flag.create",
        "kill" => "flag.kill",
        "unkill" => "flag.unkill",
        "archive" => "flag.archive",
        "revert" => "flag.revert",
        _ => "flag.update",
    };
    Change {
        writes,
        environments,
        audit: AuditEntry {
            action,
            target: format!("environments/{}/flags/{}", target.environment, target.key),
            version: Some(version),
            content: sha256_hex(document.to_string().as_bytes()),
        },
        version: Some(version),
    }
}
