//! The rows that a changed flag comes down to, in its own environment and in the others.

use pennon_api::FlagVersion;
use serde_json::{Map, Value};

use super::change::{Author, Change, Kill, Write};
use super::model::Model;
use crate::credential::sha256_hex;
use crate::scope::{self, Parts};
use crate::store::audit::AuditEntry;
use crate::store::flags::{FlagPartRow, FlagRow};

/// Which flag, where, and how its history calls what happens to it.
pub(super) struct Target<'a> {
    pub(super) environment: &'a str,
    pub(super) key: &'a str,
    pub(super) action: &'a str,
    pub(super) reason: Option<String>,
}

/// Writes both parts, the version here, and a version in every other environment that the
/// project's part changes or that the flag is new to.
pub(super) fn store(
    model: &mut Model,
    target: &Target<'_>,
    parts: Parts,
    author: Author<'_>,
) -> Change {
    let kill = kill_of(model, target, &parts);
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
    Change {
        kill,
        ..finish(model, target, writes, environments)
    }
}

/// The killed bit, if it changes for a flag that is in use.
fn kill_of(model: &Model, target: &Target<'_>, parts: &Parts) -> Option<Kill> {
    model.live_version(target.environment, target.key)?;
    let before = model.parts_of(target.environment, target.key)?;
    let killed = scope::is_killed(&parts.environment);
    let changes = scope::is_killed(&before.environment) != killed;
    changes.then(|| Kill {
        environment: target.environment.to_owned(),
        flag: target.key.to_owned(),
        killed,
        public: parts.project.get("client") != Some(&Value::Bool(false)),
    })
}

/// Writes the part of one environment, and its version.
pub(super) fn write_part(
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

/// Sums the change up for the audit.
pub(super) fn finish(
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
        kill: None,
        must_seal: false,
    }
}
