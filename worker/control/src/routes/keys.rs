//! `…/environments/{environment}/keys`.

use pennon_api::{Key, KeyKind, KeyList, KeyOrigins, KeyRotation, NewKey};

use crate::call::Answer;
use crate::credential::{id_of, last4, mint, random, sha256_hex};
use crate::error::ApiError;
use crate::names::check_origins;
use crate::project::{Patch, ProjectRequest};
use crate::store::access_keys::{self, AccessKeyRow};

/// How long a rotated key works on, unless the request says otherwise.
const DEFAULT_OVERLAP_SECONDS: u64 = 86_400;
/// The longest overlap, 30 days.
const MAX_OVERLAP_SECONDS: u64 = 2_592_000;

/// All keys of an environment; server keys without their text.
pub(crate) fn list(request: &ProjectRequest<'_>, environment: &str) -> Result<Answer, ApiError> {
    request.environment(environment)?;
    let keys = access_keys::of_environment(request.db, environment)?;
    let keys = keys.into_iter().map(|row| row.shown).collect();
    Answer::ok(&KeyList { keys })
}

/// A new key; the answer is the only one that shows a server key.
pub(crate) async fn create(
    request: &ProjectRequest<'_>,
    environment: &str,
) -> Result<Answer, ApiError> {
    let NewKey { kind, origins } = request.call.json()?;
    let row = make(request, environment, kind, origins)?;
    write(request, "key.create", vec![row.clone()]).await?;
    Answer::created(&row.shown)
}

/// Replaces a key: the answer is the new one, the old one works until its overlap ends.
pub(crate) async fn rotate(
    request: &ProjectRequest<'_>,
    environment: &str,
    id: &str,
) -> Result<Answer, ApiError> {
    let KeyRotation { overlap_seconds } = request.call.optional_json()?;
    let overlap = overlap_seconds.unwrap_or(DEFAULT_OVERLAP_SECONDS);
    if overlap > MAX_OVERLAP_SECONDS {
        let message = format!("`overlap_seconds` is at most {MAX_OVERLAP_SECONDS}");
        return Err(ApiError::bad_request("invalid_overlap", message).at("/overlap_seconds"));
    }
    let mut old = live(request, environment, id)?;
    let new = make(
        request,
        environment,
        old.shown.kind,
        old.shown.origins.clone(),
    )?;
    old.shown.expires_at = Some(request.now + overlap * 1000);
    write(request, "key.rotate", vec![new.clone(), old]).await?;
    Answer::created(&new.shown)
}

/// Replaces the origins of a client key.
pub(crate) async fn set_origins(
    request: &ProjectRequest<'_>,
    environment: &str,
    id: &str,
) -> Result<Answer, ApiError> {
    let KeyOrigins { origins } = request.call.json()?;
    let mut row = live(request, environment, id)?;
    check_kind_and_origins(row.shown.kind, &origins)?;
    row.shown.origins = origins;
    write(request, "key.origins", vec![row.clone()]).await?;
    Answer::ok(&row.shown)
}

/// Revokes a key; it stays in the list, and the edge refuses it.
pub(crate) async fn revoke(
    request: &ProjectRequest<'_>,
    environment: &str,
    id: &str,
) -> Result<Answer, ApiError> {
    let mut row = live(request, environment, id)?;
    row.shown.revoked_at = Some(request.now);
    write(request, "key.revoke", vec![row.clone()]).await?;
    Answer::ok(&row.shown)
}

fn make(
    request: &ProjectRequest<'_>,
    environment: &str,
    kind: KeyKind,
    origins: Vec<String>,
) -> Result<AccessKeyRow, ApiError> {
    check_kind_and_origins(kind, &origins)?;
    let id = request.environment(environment)?.id;
    // A client key is public and needs only to be unguessable by accident; a server key is a secret.
    let text = match kind {
        KeyKind::Client => mint("pk", &id, &random::<16>()?),
        KeyKind::Server => mint("sk", &id, &random::<32>()?),
    };
    let hash = sha256_hex(text.as_bytes());
    Ok(AccessKeyRow {
        environment: environment.to_owned(),
        shown: Key {
            id: id_of(&hash),
            kind,
            last4: last4(&text),
            key: Some(text),
            origins,
            created_at: request.now,
            expires_at: None,
            revoked_at: None,
        },
        hash,
    })
}

/// The key, unless it is revoked or rotated out.
fn live(
    request: &ProjectRequest<'_>,
    environment: &str,
    id: &str,
) -> Result<AccessKeyRow, ApiError> {
    request.environment(environment)?;
    let row = access_keys::get(request.db, environment, id)?
        .ok_or_else(|| ApiError::not_found("key", id))?;
    let is_over = row.shown.expires_at.is_some_and(|at| at <= request.now);
    if row.shown.revoked_at.is_some() || is_over {
        return Err(ApiError::new(
            409,
            "key_revoked",
            format!("the key `{id}` is revoked"),
        ));
    }
    Ok(row)
}

async fn write(
    request: &ProjectRequest<'_>,
    action: &'static str,
    keys: Vec<AccessKeyRow>,
) -> Result<(), ApiError> {
    let patch = Patch::PutKeys { action, keys };
    request.commit_unconditionally(patch).await.map(drop)
}

fn check_kind_and_origins(kind: KeyKind, origins: &[String]) -> Result<(), ApiError> {
    if kind == KeyKind::Server && !origins.is_empty() {
        let message = "only client keys are used from web origins";
        return Err(ApiError::bad_request("invalid_origin", message).at("/origins"));
    }
    check_origins(origins)
}
