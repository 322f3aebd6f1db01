//! Doubling the shards of an environment, while events keep coming.
//!
//! The half of each shard that moves is copied to a new shard; then every shard lets go of it; then
//! the edge is told. Every step may be repeated, so whoever comes after a crash begins its phase anew.

use pennon_api::Access;
use serde::Deserialize;
use worker::{Date, Env, Method, Request, RequestInit};

use super::apply::apply;
use super::patch::Patch;
use crate::call::within_limit;
use crate::error::ApiError;
use crate::log;
use crate::policy::Actor;
use crate::precondition::Basis;
use crate::shard::SplitOrder;
use crate::store::environments::EnvironmentRow;
use crate::store::reshardings::{self, Phase, ReshardingRow};
use crate::store::{Db, environments};

/// A shard's answer to a step.
#[derive(Debug, Deserialize)]
struct Step {
    done: bool,
}

/// Milliseconds until the next attempt where a shard does not answer.
const PAUSE_MS: u64 = 2_000;

/// Carries every doubling on that is under way.
///
/// # Errors
///
/// Those of the database; a shard that does not answer is asked again later.
pub(super) async fn drive_all(env: &Env, db: &Db) -> worker::Result<()> {
    for row in reshardings::all(db)? {
        let now = Date::now().as_millis();
        // Whoever comes after a crash does not come before this.
        reshardings::postpone(db, &row.environment, now.saturating_add(PAUSE_MS))?;
        if let Err(error) = drive((env, db), &row, now).await {
            let message = format!("the shards are not doubled yet: {error:?}");
            log::put_off("", &row.environment, &message);
        }
    }
    Ok(())
}

/// Carries one doubling to its end, or as far as the shards answer.
///
/// # Errors
///
/// Those of the shards; what is done is done, and the rest is for the next attempt.
async fn drive((env, db): (&Env, &Db), row: &ReshardingRow, now: u64) -> Result<(), ApiError> {
    let environment = environments::get(db, &row.environment)?;
    let environment =
        environment.ok_or_else(|| ApiError::not_found("environment", &row.environment))?;
    let shards = Shards {
        env,
        environment: &environment,
        to: row.shards,
    };
    if row.phase == Phase::Copying {
        shards.copy().await?;
        reshardings::set_phase(db, &row.environment, Phase::Switching)?;
    }
    if matches!(row.phase, Phase::Copying | Phase::Switching) {
        shards.switch().await?;
        reshardings::set_phase(db, &row.environment, Phase::Publishing)?;
    }
    publish(db, row, now)?;
    Ok(reshardings::delete(db, &row.environment)?)
}

fn publish(db: &Db, row: &ReshardingRow, now: u64) -> Result<(), ApiError> {
    let actor = Actor {
        account: String::new(),
        token: String::new(),
        name: "pennon".to_owned(),
        access: Access::Admin,
        projects: None,
    };
    let patch = Patch::SetShards {
        environment: row.environment.clone(),
        shards: row.shards,
    };
    apply(db, (&actor, &row.project, now), patch, &Basis::Any).map(drop)
}

struct Shards<'a> {
    env: &'a Env,
    environment: &'a EnvironmentRow,
    to: u32,
}

impl Shards<'_> {
    async fn copy(&self) -> Result<(), ApiError> {
        for shard in 0..self.to / 2 {
            if self.ask(shard, "split/begin").await?.done {
                continue;
            }
            while !self.ask(shard, "split/step").await?.done {}
        }
        Ok(())
    }

    async fn switch(&self) -> Result<(), ApiError> {
        for shard in 0..self.to / 2 {
            self.ask(shard, "split/finish").await?;
        }
        Ok(())
    }

    async fn ask(&self, shard: u32, step: &str) -> Result<Step, ApiError> {
        let name = format!("{}/{shard}", self.environment.id);
        let stub = self.env.durable_object("SHARD")?.get_by_name(&name)?;
        let body = serde_json::to_string(&SplitOrder {
            environment: self.environment.id.clone(),
            pepper: self.environment.pepper.clone(),
            shard,
            shards: self.to,
        })?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_body(Some(body.into()));
        let request = Request::new_with_init(&format!("https://shard/{step}"), &init)?;
        let mut answer = within_limit(stub.fetch_with_request(request)).await?;
        if answer.status_code() != 200 {
            let status = answer.status_code();
            return Err(ApiError::internal(format!(
                "{name} answers {status} to {step}"
            )));
        }
        Ok(answer.json().await?)
    }
}
