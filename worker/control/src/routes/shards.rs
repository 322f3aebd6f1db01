//! `…/environments/{environment}/shards`: how many there are, and doubling them.

use pennon_api::{NewShards, Resharding};

use crate::call::Answer;
use crate::error::ApiError;
use crate::policy::Action;
use crate::project::ProjectRequest;
use crate::shard::MAX_SHARDS;
use crate::store::environments::EnvironmentRow;
use crate::store::reshardings::{self, Phase, ReshardingRow};

/// How many shards there are, and whether they are being doubled.
pub(crate) fn show(request: &ProjectRequest<'_>, key: &str) -> Result<Answer, ApiError> {
    let row = request.environment(key)?;
    Answer::ok(&shown(request, &row)?)
}

/// Begins to double the shards; 202 until that is done, 200 when it is.
pub(crate) async fn double(request: &ProjectRequest<'_>, key: &str) -> Result<Answer, ApiError> {
    request.actor.require(Action::ManageEnvironments)?;
    let row = request.environment(key)?;
    let NewShards { shards } = request.call.json()?;
    if shards == row.shards {
        return Answer::ok(&shown(request, &row)?);
    }
    let under_way = reshardings::get(request.db, key)?;
    let is_double = row.shards.checked_mul(2) == Some(shards) && shards <= MAX_SHARDS;
    if !is_double || under_way.is_some_and(|under_way| under_way.shards != shards) {
        let message = format!(
            "shards are doubled: from {} to {}",
            row.shards,
            row.shards * 2
        );
        return Err(ApiError::new(422, "invalid_shards", message).at("/shards"));
    }
    let doubling = ReshardingRow {
        environment: key.to_owned(),
        project: request.call.object.clone(),
        shards,
        phase: Phase::Copying,
    };
    reshardings::insert(request.db, &doubling, request.now)?;
    request.go_on().await?;
    let row = request.environment(key)?;
    let status = if row.shards == shards { 200 } else { 202 };
    Answer::with_status(status, &shown(request, &row)?)
}

fn shown(request: &ProjectRequest<'_>, row: &EnvironmentRow) -> Result<Resharding, ApiError> {
    let under_way = reshardings::get(request.db, &row.key)?;
    Ok(Resharding {
        shards: row.shards,
        to: under_way.as_ref().map(|under_way| under_way.shards),
        phase: under_way
            .map_or("done", |under_way| under_way.phase.word())
            .to_owned(),
    })
}
