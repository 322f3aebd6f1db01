//! `…/environments/{environment}/signing-keys`.
//!
//! Replacing a key without a moment in which somebody refuses: add one, give clients that pin keys
//! both, activate the new one, and remove the old one when no client holds only it any more.

use pennon_api::{SigningKey, SigningKeyList};

use crate::call::Answer;
use crate::credential::random;
use crate::error::ApiError;
use crate::project::{Patch, ProjectRequest, id_of_key, new_signing_key};
use crate::store::signing_keys::SigningKeyRow;

/// The keys whose signatures clients accept.
pub(crate) fn list(request: &ProjectRequest<'_>, environment: &str) -> Result<Answer, ApiError> {
    Answer::ok(&shown(request, environment)?)
}

/// A next key, accepted from now on.
pub(crate) async fn add(
    request: &ProjectRequest<'_>,
    environment: &str,
) -> Result<Answer, ApiError> {
    let mut keys = request.environment(environment)?.signing_keys;
    if keys.len() > 1 {
        let message = "there are two signing keys already; remove the one that is not active first";
        return Err(ApiError::new(409, "signing_key_pending", message));
    }
    keys.push(new_signing_key(&random::<32>()?, request.now));
    commit(request, environment, ("signing-key.create", keys)).await?;
    Answer::created(&shown(request, environment)?)
}

/// Lets a key sign from now on; the other is still accepted.
pub(crate) async fn activate(
    request: &ProjectRequest<'_>,
    environment: &str,
    id: &str,
) -> Result<Answer, ApiError> {
    let mut keys = request.environment(environment)?.signing_keys;
    let position = position(&keys, id)?;
    for (i, key) in keys.iter_mut().enumerate() {
        key.active = i == position;
    }
    commit(request, environment, ("signing-key.activate", keys)).await?;
    Answer::ok(&shown(request, environment)?)
}

/// Takes back that a key is accepted; the one that signs cannot go.
pub(crate) async fn remove(
    request: &ProjectRequest<'_>,
    environment: &str,
    id: &str,
) -> Result<Answer, ApiError> {
    let mut keys = request.environment(environment)?.signing_keys;
    let position = position(&keys, id)?;
    if keys.remove(position).active {
        let message = "this key signs now; activate another one first";
        return Err(ApiError::new(409, "signing_key_active", message));
    }
    commit(request, environment, ("signing-key.delete", keys)).await?;
    Answer::ok(&shown(request, environment)?)
}

async fn commit(
    request: &ProjectRequest<'_>,
    environment: &str,
    (action, keys): (&'static str, Vec<SigningKeyRow>),
) -> Result<(), ApiError> {
    let patch = Patch::PutSigningKeys {
        environment: environment.to_owned(),
        action,
        keys,
    };
    request.commit_unconditionally(patch).await.map(drop)
}

fn position(keys: &[SigningKeyRow], id: &str) -> Result<usize, ApiError> {
    keys.iter()
        .position(|key| id_of_key(key).is_ok_and(|found| found == id))
        .ok_or_else(|| ApiError::not_found("signing_key", id))
}

fn shown(request: &ProjectRequest<'_>, environment: &str) -> Result<SigningKeyList, ApiError> {
    let rows = request.environment(environment)?.signing_keys;
    let keys: Result<Vec<SigningKey>, ApiError> = rows
        .into_iter()
        .map(|row| {
            Ok(SigningKey {
                id: id_of_key(&row)?,
                public_key: row.public_key,
                active: row.active,
                created_at: row.created_at,
            })
        })
        .collect();
    Ok(SigningKeyList {
        signing_keys: keys?,
    })
}
