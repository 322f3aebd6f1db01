//! Working out new environments and changes of their keys.

use pennon_api::{EnvironmentSettings, FlagVersion, KeyRecord};

use super::change::{Author, Change, Write};
use super::model::Model;
use crate::credential::sha256_hex;
use crate::error::ApiError;
use crate::scope;
use crate::store::access_keys::AccessKeyRow;
use crate::store::audit::AuditEntry;
use crate::store::environments::EnvironmentRow;
use crate::store::flags::FlagPartRow;
use crate::store::signing_keys::SigningKeyRow;

/// Adds an environment in which every flag of the project is dormant.
pub(crate) fn add(
    model: &mut Model,
    environment: EnvironmentRow,
    author: Author<'_>,
) -> Result<Change, ApiError> {
    if model.environment(&environment.key).is_ok() {
        return Err(ApiError::exists("environment", &environment.key));
    }
    let key = environment.key.clone();
    let mut writes = vec![Write::Environment(environment.clone())];
    model.environments.push(environment);
    let flags: Vec<String> = model.flags.keys().cloned().collect();
    for flag in flags {
        writes.extend(dormant(model, &key, &flag, author));
    }
    Ok(Change {
        writes,
        environments: vec![key.clone()],
        audit: AuditEntry {
            action: "environment.create",
            target: format!("environments/{key}"),
            version: None,
            content: sha256_hex(b""),
        },
        version: None,
        kill: None,
        must_seal: false,
    })
}

/// Writes keys, and tells the edge about each.
pub(crate) fn put_keys(
    model: &Model,
    action: &'static str,
    keys: Vec<AccessKeyRow>,
    project: &str,
) -> Result<Change, ApiError> {
    let mut writes = Vec::new();
    let mut target = String::new();
    for row in keys {
        let environment = model.environment(&row.environment)?;
        target = format!("environments/{}/keys/{}", row.environment, row.shown.id);
        let record = KeyRecord {
            schema: 1,
            key: row.shown.id.clone(),
            kind: row.shown.kind,
            project: project.to_owned(),
            environment: environment.id.clone(),
            origins: row.shown.origins.clone(),
            revoked: row.shown.revoked_at.is_some(),
            expires_at: row.shown.expires_at,
        };
        writes.push(Write::Key(row, record));
    }
    Ok(Change {
        writes,
        environments: Vec::new(),
        audit: AuditEntry {
            action,
            target,
            version: None,
            content: sha256_hex(b""),
        },
        version: None,
        kill: None,
        must_seal: false,
    })
}

/// Replaces the settings of an environment.
pub(crate) fn put_settings(
    model: &mut Model,
    key: &str,
    settings: EnvironmentSettings,
) -> Result<Option<Change>, ApiError> {
    let row = model.environment_mut(key)?;
    if row.settings == settings {
        return Ok(None);
    }
    row.settings = settings;
    let row = row.clone();
    let content = serde_json::to_string(&row.settings)?;
    Ok(Some(changed("environment.settings", row, &content)))
}

/// Replaces the signing keys of an environment.
pub(crate) fn put_signing_keys(
    model: &mut Model,
    (key, action): (&str, &'static str),
    keys: Vec<SigningKeyRow>,
) -> Result<Change, ApiError> {
    let row = model.environment_mut(key)?;
    row.signing_keys = keys;
    let row = row.clone();
    let public: Vec<&str> = row
        .signing_keys
        .iter()
        .map(|key| key.public_key.as_str())
        .collect();
    let content = public.join("\n");
    Ok(changed(action, row, &content))
}

/// Says how many shards an environment has.
pub(crate) fn set_shards(
    model: &mut Model,
    key: &str,
    shards: u32,
) -> Result<Option<Change>, ApiError> {
    let row = model.environment_mut(key)?;
    if row.shards == shards {
        return Ok(None);
    }
    row.shards = shards;
    let row = row.clone();
    Ok(Some(changed(
        "environment.shards",
        row,
        &shards.to_string(),
    )))
}

/// Seals what an environment serves anew.
pub(crate) fn reseal(model: &Model, key: &str) -> Result<Change, ApiError> {
    let row = model.environment(key)?.clone();
    let mut change = changed("environment.reseal", row, "");
    change.writes.clear();
    Ok(change)
}

fn changed(action: &'static str, row: EnvironmentRow, content: &str) -> Change {
    Change {
        environments: vec![row.key.clone()],
        audit: AuditEntry {
            action,
            target: format!("environments/{}", row.key),
            version: None,
            content: sha256_hex(content.as_bytes()),
        },
        writes: vec![Write::EnvironmentChange(row)],
        version: None,
        kill: None,
        must_seal: true,
    }
}

/// The off variant of the oldest environment is the one that a new environment begins with.
fn dormant(model: &mut Model, environment: &str, flag: &str, author: Author<'_>) -> Vec<Write> {
    let elder = model
        .environments
        .first()
        .and_then(|elder| model.parts_of(&elder.key, flag));
    let Some(elder) = elder else {
        return Vec::new();
    };
    let part = FlagPartRow {
        environment: environment.to_owned(),
        flag: flag.to_owned(),
        version: 1,
        document: scope::dormant(&elder.environment),
    };
    let place = (environment.to_owned(), flag.to_owned());
    model.parts.insert(place, part.clone());
    let version = FlagVersion {
        version: 1,
        action: "inherit".to_owned(),
        actor: author.actor.name.clone(),
        at: author.now,
        reason: None,
        flag: model.merged(environment, flag).unwrap_or_default(),
    };
    vec![
        Write::FlagPart(part),
        Write::FlagVersion {
            environment: environment.to_owned(),
            flag: flag.to_owned(),
            version,
        },
    ]
}
