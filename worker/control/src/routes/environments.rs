//! `…/environments`.

use std::collections::BTreeMap;

use pennon_api::{Environment, EnvironmentList, NewEnvironment};
use serde::{Deserialize, Serialize};

use crate::call::Answer;
use crate::credential::{hex, random, random_name};
use crate::error::ApiError;
use crate::names::{check_key, check_name};
use crate::project::{Patch, ProjectRequest, signing_key};
use crate::store::environments::{self, EnvironmentRow};
use crate::store::snapshots;

/// How many Shard objects a new environment counts with.
const SHARDS: u32 = 4;

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
        shards: row.shards,
        by_flag: units.collect(),
    })
}

/// A new environment, published at once with every flag dormant.
pub(crate) async fn create(request: &ProjectRequest<'_>) -> Result<Answer, ApiError> {
    let NewEnvironment { key, name } = request.call.json()?;
    check_key(&key)?;
    check_name(&name)?;
    let signing_seed = hex(&random::<32>()?);
    let row = EnvironmentRow {
        id: format!("env_{}", random_name()?),
        key,
        name,
        shards: SHARDS,
        pepper: hex(&random::<32>()?),
        public_key: hex(signing_key(&signing_seed)?.verifying_key().as_bytes()),
        signing_seed,
        created_at: request.now,
    };
    let patch = Patch::AddEnvironment(row.clone());
    request.commit_unconditionally(patch).await?;
    Answer::created(&shown(request, row)?)
}

fn shown(request: &ProjectRequest<'_>, row: EnvironmentRow) -> Result<Environment, ApiError> {
    let newest = snapshots::newest(request.db, &row.id)?;
    Ok(Environment {
        revision: newest.map_or(0, |newest| newest.revision),
        published: request.is_published(Some(&row.id))?,
        key: row.key,
        name: row.name,
        id: row.id,
        shards: row.shards,
        public_key: row.public_key,
        created_at: row.created_at,
    })
}
