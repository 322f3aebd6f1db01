//! `…/erasures`: forgetting one person in all shards and in the raw log.

use std::collections::{BTreeMap, BTreeSet};

use pennon_api::{ErasurePhase, NewErasure};

use crate::call::Answer;
use crate::credential::{from_hex, hex, random, sha256_hex};
use crate::error::ApiError;
use crate::policy::Action;
use crate::project::ProjectRequest;
use crate::shard::Subjects;
use crate::store::audit::{self, AuditEntry};
use crate::store::environments::EnvironmentRow;
use crate::store::erasures::{self, ErasureRow};

/// Unit types and ids in one erasure.
const MAX_UNITS: usize = 8;
/// Hexadecimal digits of an id.
const ID_LENGTH: usize = 32;

/// Writes down that somebody is to be forgotten, and goes as far as the shards answer; the rest
/// follows without another request.
///
/// # Errors
///
/// 400 for a body that names nobody, 409 for an id that another environment has used.
pub(crate) async fn create(
    request: &ProjectRequest<'_>,
    environment: &str,
) -> Result<Answer, ApiError> {
    request.actor.require(Action::HandleEvents)?;
    let place = request.environment(environment)?;
    let NewErasure { units, id } = request.call.json()?;
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
    match erasures::get(request.db, &id)? {
        Some(known) if known.environment != place.key => {
            return Err(ApiError::exists("erasure", &id));
        }
        Some(_) => {}
        None => begin(request, &place, &id, &units)?,
    }
    request.go_on_erasing().await?;
    shown(request, &place, &id, 202)
}

/// How far an erasure is.
///
/// # Errors
///
/// 404 when there never was one of this id.
pub(crate) async fn show(
    request: &ProjectRequest<'_>,
    environment: &str,
    id: &str,
) -> Result<Answer, ApiError> {
    request.actor.require(Action::HandleEvents)?;
    let place = request.environment(environment)?;
    let known = erasures::get(request.db, id)?.filter(|row| row.environment == place.key);
    let known = known.ok_or_else(|| ApiError::not_found("erasure", id))?;
    if known.phase != ErasurePhase::Done {
        request.go_on_erasing().await?;
    }
    shown(request, &place, id, 200)
}

/// The audit says that there was an erasure, and by whom, but not of whom.
fn begin(
    request: &ProjectRequest<'_>,
    place: &EnvironmentRow,
    id: &str,
    units: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    let row = ErasureRow {
        id: id.to_owned(),
        environment: place.key.clone(),
        phase: ErasurePhase::Finding,
        subjects: subjects(place, units)?,
        shards: BTreeMap::new(),
        requested_at: request.now,
        done_at: None,
        tries: 0,
    };
    let entry = AuditEntry {
        action: "erasure.create",
        target: format!("environments/{}/erasures/{id}", place.key),
        version: None,
        content: sha256_hex(&[]),
    };
    request.db.transaction(|| {
        erasures::put(request.db, &row, request.now)?;
        audit::append(request.db, request.actor, &entry, request.now)
    })?;
    Ok(())
}

/// As the shards know the units: what people are called is written down nowhere.
fn subjects(
    place: &EnvironmentRow,
    units: &BTreeMap<String, String>,
) -> Result<BTreeSet<String>, ApiError> {
    let pepper = from_hex(&place.pepper);
    let pepper = pepper.ok_or_else(|| ApiError::internal("a stored pepper is not hexadecimal"))?;
    let subjects = Subjects::new(&pepper)?;
    let found = units.iter().map(|(kind, id)| hex(&subjects.of(kind, id)));
    Ok(found.collect())
}

fn shown(
    request: &ProjectRequest<'_>,
    place: &EnvironmentRow,
    id: &str,
    status: u16,
) -> Result<Answer, ApiError> {
    let row = erasures::get(request.db, id)?;
    let row = row.ok_or_else(|| ApiError::not_found("erasure", id))?;
    Answer::with_status(status, &row.shown(place.shards))
}

fn is_id(text: &str) -> bool {
    text.len() == ID_LENGTH
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
