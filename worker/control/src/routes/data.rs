//! What admins do with the events of an environment: read the raw log, and look after deliveries that
//! failed.

use worker::{Bucket, Env, Response};

use super::environments::Units;
use super::{dead_letters, raw_log};
use crate::call::Call;
use crate::error::ApiError;
use crate::incoming::Incoming;
use crate::policy::{Action, Actor};

/// The first segments of the addresses that are answered here.
pub(crate) const AREAS: [&str; 5] = ["log", "defs", "contrib", "retention", "dead-letters"];

/// One environment, for somebody who may handle its events.
pub(crate) struct Place<'a> {
    pub(crate) env: &'a Env,
    /// Id of the environment.
    pub(crate) environment: String,
    pub(crate) shards: u32,
    /// The request, by the actor, for the Project object.
    pub(crate) call: Call,
}

/// Answers what stands behind `…/environments/{environment}`.
///
/// # Errors
///
/// 403 without admin access, 404 for an environment that is not there.
pub(crate) async fn answer(
    incoming: Incoming,
    env: &Env,
    actor: Actor,
    (project, environment, area): (&str, &str, &str),
    rest: &[&str],
) -> Result<Response, ApiError> {
    actor.require(Action::HandleEvents)?;
    let call = Call {
        // The account comes from the token and never from the address.
        object: format!("{}/{project}", actor.account),
        actor: Some(actor),
        ..incoming.call
    };
    let place = Place::find(call, env, environment).await?;
    match (place.call.method.as_str(), area, rest) {
        ("POST", "log", ["flush"]) => raw_log::flush(&place).await,
        ("GET", "log" | "defs" | "contrib", []) => raw_log::list(&place, area).await,
        ("GET", "log" | "defs" | "contrib", name) => {
            raw_log::file(&place, area, &name.join("/")).await
        }
        ("POST", "retention", ["apply"]) => raw_log::retain(&place).await,
        ("GET", "dead-letters", []) => dead_letters::list(&place).await,
        ("POST", "dead-letters", ["replay"]) => dead_letters::replay(&place).await,
        _ => Err(ApiError::no_route()),
    }
}

impl<'a> Place<'a> {
    async fn find(call: Call, env: &'a Env, key: &str) -> Result<Self, ApiError> {
        let path = ["environments", key, "units"];
        let mut answer = ask_project(&call, env, "GET", &path).await?;
        match answer.status_code() {
            200 => {
                let units: Units = answer.json().await?;
                Ok(Self {
                    env,
                    environment: units.environment,
                    shards: units.shards,
                    call,
                })
            }
            404 => Err(ApiError::not_found("environment", key)),
            status => Err(ApiError::internal(format!("the project answers {status}"))),
        }
    }

    /// Where files are.
    pub(crate) fn bucket(&self) -> Result<Bucket, ApiError> {
        Ok(self.env.bucket("ARCHIVE")?)
    }

    /// Asks one shard and returns its answer, which is 200.
    ///
    /// # Errors
    ///
    /// 503 `shards_unavailable`.
    pub(crate) async fn ask_shard(
        &self,
        shard: u32,
        path: &str,
        body: Option<String>,
    ) -> Result<Response, ApiError> {
        let name = format!("{}/{shard}", self.environment);
        crate::shard_call::ask(self.env, &self.call.request, &name, path, body)
            .await
            .map_err(|cause| ApiError::shards_unavailable(format!("shard {name}: {cause}")))
    }
}

/// Asks the object and for the actor that the request names.
async fn ask_project(
    call: &Call,
    env: &Env,
    method: &str,
    path: &[&str],
) -> Result<Response, ApiError> {
    let stub = env.durable_object("PROJECT")?.get_by_name(&call.object)?;
    let question = Call {
        actor: call.actor.clone(),
        request: call.request.clone(),
        object: call.object.clone(),
        method: method.to_owned(),
        path: path.iter().map(ToString::to_string).collect(),
        ..Call::default()
    };
    question.send(&stub).await
}
