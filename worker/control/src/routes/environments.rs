//! `…/environments`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use pennon_api::{Environment, EnvironmentList, EnvironmentSettings, NewEnvironment};
use serde::{Deserialize, Serialize};

use crate::call::Answer;
use crate::credential::{hex, random, random_name};
use crate::error::ApiError;
use crate::names::{check_key, check_name};
use crate::project::{Patch, ProjectRequest, new_signing_key};
use crate::store::environments::{self, EnvironmentRow};
use crate::store::reshardings;
use crate::store::signing_keys::SigningKeyRow;
use crate::store::snapshots;

/// How many Shard objects a new environment counts with.
const SHARDS: u32 = 4;

/// How long a snapshot may say it is good for.
const LIFETIME_MS: RangeInclusive<u64> = 10_000..=31_536_000_000;
/// How long what was counted may be kept.
const RETENTION_DAYS: RangeInclusive<u32> = 1..=3650;

/// What the Worker needs to add up exposures: where they are counted, and which unit a flag counts.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Units {
    pub(crate) environment: String,
    pub(crate) shards: u32,
    /// Unit type by flag.
    pub(crate) by_flag: BTreeMap<String, String>,
}

/// All environments, oldest first.
pub(crate) fn list(request: &ProjectRequest<'_>) -> Result<Answer, ApiError> {
    let rows = environments::all(request.db)?;
    let environments: Result<Vec<Environment>, ApiError> =
        rows.into_iter().map(|row| shown(request, row)).collect();
    Answer::ok(&EnvironmentList {
        environments: environments?,
    })
}

/// One environment.
pub(crate) fn show(request: &ProjectRequest<'_>, key: &str) -> Result<Answer, ApiError> {
    Answer::ok(&shown(request, request.environment(key)?)?)
}

/// Which unit each flag counts.
pub(crate) fn units(request: &ProjectRequest<'_>, key: &str) -> Result<Answer, ApiError> {
    let model = request.model()?;
    let row = model.environment(key)?;
    let units = model
        .flags
        .keys()
        .map(|flag| (flag.clone(), model.unit_of(flag)));
    Answer::ok(&Units {
        environment: row.id.clone(),
        // While they are doubled, the new ones count already.
        shards: reshardings::get(request.db, key)?.map_or(row.shards, |under_way| under_way.shards),
        by_flag: units.collect(),
    })
}

/// A new environment, published at once with every flag dormant.
pub(crate) async fn create(request: &ProjectRequest<'_>) -> Result<Answer, ApiError> {
    let NewEnvironment { key, name } = request.call.json()?;
    check_key(&key)?;
    check_name(&name)?;
    let signing_key = SigningKeyRow {
        active: true,
        ..new_signing_key(&random::<32>()?, request.now)
    };
    let row = EnvironmentRow {
        id: format!("env_{}", random_name()?),
        key,
        name,
        shards: SHARDS,
        pepper: hex(&random::<32>()?),
        signing_keys: vec![signing_key],
        settings: EnvironmentSettings::default(),
        created_at: request.now,
    };
    let patch = Patch::AddEnvironment(row.clone());
    request.commit_unconditionally(patch).await?;
    Answer::created(&shown(request, row)?)
}

/// Changes settings; what the body leaves out stays as it is.
pub(crate) async fn change(request: &ProjectRequest<'_>, key: &str) -> Result<Answer, ApiError> {
    let sent: EnvironmentSettings = request.call.json()?;
    check_settings(&sent)?;
    let mut settings = request.environment(key)?.settings;
    settings.snapshot_lifetime_ms = sent.snapshot_lifetime_ms.or(settings.snapshot_lifetime_ms);
    settings.retention = sent.retention.or(settings.retention);
    let patch = Patch::PutSettings {
        environment: key.to_owned(),
        settings,
    };
    request.commit_unconditionally(patch).await?;
    show(request, key)
}

fn check_settings(settings: &EnvironmentSettings) -> Result<(), ApiError> {
    let lifetime = settings.snapshot_lifetime_ms;
    if lifetime.is_some_and(|ms| !LIFETIME_MS.contains(&ms)) {
        let message = "`snapshot_lifetime_ms` is 10 000 to 31 536 000 000";
        let error = ApiError::bad_request("invalid_lifetime", message);
        return Err(error.at("/snapshot_lifetime_ms"));
    }
    let retention = settings.retention.unwrap_or_default();
    let days = [
        ("raw_log_days", retention.raw_log_days),
        ("subject_days", retention.subject_days),
    ];
    for (name, days) in days {
        if days.is_some_and(|days| !RETENTION_DAYS.contains(&days)) {
            let message = format!("`{name}` is 1 to 3650, or null for ever");
            let error = ApiError::bad_request("invalid_retention", message);
            return Err(error.at(format!("/retention/{name}")));
        }
    }
    Ok(())
}

fn shown(request: &ProjectRequest<'_>, row: EnvironmentRow) -> Result<Environment, ApiError> {
    let newest = snapshots::newest(request.db, &row.id)?;
    Ok(Environment {
        revision: newest.map_or(0, |newest| newest.revision),
        published: request.is_published(Some(&row.id))?,
        public_key: row
            .active_key()
            .map_or_else(String::new, |key| key.public_key.clone()),
        settings: row.settings,
        key: row.key,
        name: row.name,
        id: row.id,
        shards: row.shards,
        created_at: row.created_at,
    })
}
