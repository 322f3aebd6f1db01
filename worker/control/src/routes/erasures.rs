//! `…/erasures`: forgetting one person in all shards and in the raw log.

use std::collections::BTreeSet;

use futures_util::future::{join_all, try_join_all};
use pennon_api::{Erasure, ErasureOrder, ErasureState, Kin, KinQuestion, NewErasure};
use worker::{Response, ResponseBuilder};

use super::data::Place;
use crate::call::Answer;
use crate::credential::{hex, random, sha256_hex};
use crate::error::ApiError;
use crate::policy::Action;
use crate::project::ProjectRequest;
use crate::store::audit::{self, AuditEntry};

/// Unit types and ids in one erasure.
const MAX_UNITS: usize = 8;
/// How many merges one person may have gone through. Each look finds one more.
const MAX_LOOKS: usize = 32;
/// Hexadecimal digits of an id.
const ID_LENGTH: usize = 32;

/// Erases in every shard at once; the files follow.
///
/// # Errors
///
/// 400 for a body that names nobody, 503 when a shard does not answer. The answer of the latter
/// cannot carry the id, so whoever wants to send it again chooses the id.
pub(crate) async fn create(place: &Place<'_>) -> Result<Response, ApiError> {
    let NewErasure { units, id } = place.call.json()?;
    if units.is_empty() || units.len() > MAX_UNITS {
        let message = format!("`units` has 1 to {MAX_UNITS} entries");
        return Err(ApiError::bad_request("invalid_units", message).at("/units"));
    }
    let id = match id {
        Some(id) if is_id(&id) => id,
        Some(_) => {
            let message = format!("an id is {ID_LENGTH} lower-case hexadecimal digits");
            return Err(ApiError::bad_request("invalid_id", message).at("/id"));
        }
        None => hex(&random::<16>()?),
    };
    let question = KinQuestion {
        units,
        subjects: BTreeSet::new(),
    };
    let order = ErasureOrder {
        id,
        subjects: kin(place, question).await?,
    };
    place.record_erasure(&order.id).await?;
    let body = serde_json::to_string(&order)?;
    let states = (0..place.shards).map(async |shard| {
        let mut answer = place.ask_shard(shard, "/erase", Some(body.clone())).await?;
        Ok::<ErasureState, ApiError>(answer.json().await?)
    });
    let states = try_join_all(states).await?.into_iter().map(Some).collect();
    respond(202, &added_up(order.id, states))
}

/// Inside the Project object: writes down that there was an erasure.
pub(crate) fn record(
    request: &ProjectRequest<'_>,
    environment: &str,
    id: &str,
) -> Result<Answer, ApiError> {
    request.actor.require(Action::HandleEvents)?;
    request.environment(environment)?;
    let entry = AuditEntry {
        action: "erasure.create",
        target: format!("environments/{environment}/erasures/{id}"),
        version: None,
        content: sha256_hex(&[]),
    };
    audit::append(request.db, request.actor, &entry, request.now)?;
    Answer::ok(&serde_json::json!({}))
}

/// How far an erasure is.
///
/// # Errors
///
/// 404 when no shard has heard of it, 503 when a shard does not answer.
pub(crate) async fn show(place: &Place<'_>, id: &str) -> Result<Response, ApiError> {
    if !is_id(id) {
        return Err(ApiError::not_found("erasure", id));
    }
    let path = format!("/erase?id={id}");
    let states = (0..place.shards).map(async |shard| {
        let mut answer = place.ask_shard(shard, &path, None).await?;
        Ok::<Option<ErasureState>, ApiError>(answer.json().await?)
    });
    let states = try_join_all(states).await?;
    if states.iter().all(Option::is_none) {
        return Err(ApiError::not_found("erasure", id));
    }
    respond(200, &added_up(id.to_owned(), states))
}

/// The subjects of the units and all that were ever merged into them, wherever that was.
async fn kin(place: &Place<'_>, mut question: KinQuestion) -> Result<BTreeSet<String>, ApiError> {
    for _ in 0..MAX_LOOKS {
        let body = serde_json::to_string(&question)?;
        let answers = (0..place.shards).map(async |shard| {
            let mut answer = place.ask_shard(shard, "/kin", Some(body.clone())).await?;
            Ok::<Kin, ApiError>(answer.json().await?)
        });
        let mut found = question.subjects.clone();
        for answer in join_all(answers).await {
            found.extend(answer?.subjects);
        }
        let is_complete = found == question.subjects;
        question = KinQuestion {
            subjects: found,
            ..KinQuestion::default()
        };
        if is_complete {
            break;
        }
    }
    Ok(question.subjects)
}

fn added_up(id: String, states: Vec<Option<ErasureState>>) -> Erasure {
    let mut sum = ErasureState {
        done: true,
        ..ErasureState::default()
    };
    let mut missing = Vec::new();
    for (shard, state) in (0..).zip(states) {
        if state.is_none() {
            missing.push(shard);
        }
        let state = state.unwrap_or_default();
        sum.subjects += state.subjects;
        sum.lines += state.lines;
        sum.files += state.files;
        sum.done &= state.done;
    }
    Erasure {
        id,
        state: sum,
        missing,
    }
}

fn is_id(text: &str) -> bool {
    text.len() == ID_LENGTH
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn respond(status: u16, erasure: &Erasure) -> Result<Response, ApiError> {
    let builder = ResponseBuilder::new()
        .with_status(status)
        .with_header("Cache-Control", "no-store")?;
    Ok(builder.from_json(erasure)?)
}
