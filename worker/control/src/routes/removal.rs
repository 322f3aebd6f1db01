//! `DELETE /api/v1/projects/{project}`: a project that nobody uses any more, and all its objects.
//!
//! The shards are emptied first, then the Project object that knows them, then the project leaves the
//! list: an attempt that is cut off anywhere is simply made again.

use futures_util::future::try_join_all;
use pennon_api::{ProjectRemoval, ProjectRemoved};
use worker::{Env, Response, ResponseBuilder};

use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::incoming::Incoming;
use crate::policy::{Action, Actor};
use crate::project::ProjectRequest;
use crate::shard_call;
use crate::store::environments::EnvironmentRow;
use crate::store::{access_keys, environments, erasures, hub_outbox, outbox, reshardings};

/// In the Worker: empties the objects, then takes the project off the list.
///
/// # Errors
///
/// 403 without admin access to the whole account, 400 `not_confirmed`, 409 `project_in_use`.
pub(crate) async fn delete(
    incoming: Incoming,
    env: &Env,
    actor: Actor,
    project: &str,
) -> Result<Response, ApiError> {
    actor.require(Action::ManageProjects)?;
    let ProjectRemoval { confirm } = incoming.call.json()?;
    if confirm != project {
        let message = format!("`confirm` is the key of the project, `{project}`");
        return Err(ApiError::bad_request("not_confirmed", message).at("/confirm"));
    }
    let call = Call {
        actor: Some(actor.clone()),
        object: format!("{}/{project}", actor.account),
        path: Vec::new(),
        ..incoming.call.clone()
    };
    let stub = env.durable_object("PROJECT")?.get_by_name(&call.object)?;
    let mut emptied = call.send(&stub).await?;
    if emptied.status_code() != 200 {
        return Ok(emptied);
    }
    let kept: Vec<String> = emptied.json().await?;
    let listed = incoming.hand_to_directory(env, Some(actor), 2).await?;
    if listed.status_code() != 200 {
        return Ok(listed);
    }
    let builder = ResponseBuilder::new().with_header("Cache-Control", "no-store")?;
    Ok(builder.from_json(&ProjectRemoved {
        key: project.to_owned(),
        kept,
    })?)
}

/// In the Project object: empties the shards and then itself; says what is left in the bucket.
///
/// # Errors
///
/// 409 `project_in_use` while a key is live or something is under way, 503 when a shard does not
/// answer.
pub(crate) async fn empty(request: &ProjectRequest<'_>) -> Result<Answer, ApiError> {
    request.actor.require(Action::ManageProjects)?;
    refuse_use(request)?;
    let all = environments::all(request.db)?;
    try_join_all(all.iter().map(|environment| wipe(request, environment))).await?;
    // Somebody may have made a key while the shards were asked.
    refuse_use(request)?;
    request.empty()?;
    let kept = all.iter().flat_map(|environment| {
        ["log", "defs", "contrib", "dead"].map(|folder| format!("{folder}/{}/", environment.id))
    });
    Answer::ok(&kept.collect::<Vec<String>>())
}

fn refuse_use(request: &ProjectRequest<'_>) -> Result<(), ApiError> {
    let db = request.db;
    let live = access_keys::count_live(db, request.now)?;
    if live > 0 {
        let message = format!("{live} keys of the project are live; revoke them first");
        return Err(ApiError::new(409, "project_in_use", message));
    }
    let is_told = outbox::next_due(db)?.is_none() && hub_outbox::next_due(db)?.is_none();
    let is_idle = erasures::next_due(db)?.is_none() && reshardings::next_due(db)?.is_none();
    if is_told && is_idle {
        return Ok(());
    }
    let message = "a publication, an erasure or a doubling of shards is under way; try again later";
    Err(ApiError::new(409, "project_in_use", message))
}

async fn wipe(request: &ProjectRequest<'_>, environment: &EnvironmentRow) -> Result<(), ApiError> {
    let shards = (0..environment.shards).map(async |shard| {
        let name = format!("{}/{shard}", environment.id);
        let id = &request.call.request;
        shard_call::ask(request.env(), id, &name, "/wipe", Some(String::new()))
            .await
            .map_err(|cause| ApiError::shards_unavailable(format!("shard {name}: {cause}")))
    });
    try_join_all(shards).await.map(drop)
}
