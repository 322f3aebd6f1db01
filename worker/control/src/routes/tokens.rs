//! `/api/v1/tokens`, and the check that every request of the admin API begins with.

use pennon_api::{Access, NewToken, Token, TokenList, TokenSecret};
use serde::{Deserialize, Serialize};

use crate::call::Answer;
use crate::credential::{self, id_of, is_same, last4, random, sha256_hex};
use crate::directory::DirectoryRequest;
use crate::error::ApiError;
use crate::names::check_name;
use crate::policy::{Action, Actor};
use crate::store::projects;
use crate::store::tokens::{self, TokenRow};

const DAY_MS: u64 = 86_400_000;

/// What the Worker wants to know before it lets a request through.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Authentication {
    pub(crate) token: String,
    /// The project of the address, if it has one: it must exist and the token must see it.
    pub(crate) project: Option<String>,
}

/// A token that is about to be made.
pub(crate) struct Grant<'a> {
    pub(crate) account: &'a str,
    pub(crate) name: String,
    pub(crate) access: Access,
    pub(crate) projects: Option<Vec<String>>,
    pub(crate) days: u32,
}

/// Finds out whose token it is. Another account's project and one that never was look the same.
pub(crate) fn authenticate(request: &DirectoryRequest<'_>) -> Result<Answer, ApiError> {
    let Authentication { token, project } = request.call.json()?;
    let actor = actor_of(request, &token)?;
    if let Some(project) = project {
        let exists = projects::get(request.db, &actor.account, &project)?.is_some();
        if !exists || !actor.sees(&project) {
            return Err(ApiError::not_found("project", &project));
        }
    }
    Answer::ok(&actor)
}

/// All tokens of the account, without their text.
pub(crate) fn list(request: &DirectoryRequest<'_>) -> Result<Answer, ApiError> {
    let actor = request.call.actor()?;
    actor.require(Action::ManageTokens)?;
    let rows = tokens::of_account(request.db, &actor.account)?;
    let tokens = rows.into_iter().map(|row| row.shown).collect();
    Answer::ok(&TokenList { tokens })
}

/// A new token; the answer is the only one that shows it.
pub(crate) fn create(request: &DirectoryRequest<'_>) -> Result<Answer, ApiError> {
    let actor = request.call.actor()?;
    actor.require(Action::ManageTokens)?;
    let NewToken {
        name,
        access,
        projects,
        expires_in_days,
    } = request.call.json()?;
    check_name(&name)?;
    let grant = Grant {
        account: &actor.account,
        name,
        access,
        projects,
        days: expires_in_days,
    };
    let (row, secret) = mint(grant, request.now)?;
    tokens::insert(request.db, &row)?;
    Answer::created(&secret)
}

/// Revokes a token, which may be the one that asks.
pub(crate) fn revoke(request: &DirectoryRequest<'_>, id: &str) -> Result<Answer, ApiError> {
    let actor = request.call.actor()?;
    actor.require(Action::ManageTokens)?;
    let find = || -> Result<Option<TokenRow>, ApiError> {
        let row = tokens::get(request.db, id)?;
        Ok(row.filter(|row| row.account == actor.account))
    };
    if find()?.is_none() {
        return Err(ApiError::not_found("token", id));
    }
    tokens::revoke(request.db, id, request.now)?;
    let shown = find()?.map(|row| row.shown);
    Answer::ok(&shown)
}

/// Makes a token and the row that remembers it.
///
/// # Errors
///
/// 400 `invalid_expiry`.
pub(crate) fn mint(grant: Grant<'_>, now: u64) -> Result<(TokenRow, TokenSecret), ApiError> {
    if !(1..=366).contains(&grant.days) {
        let message = "a token expires after 1 to 366 days";
        return Err(ApiError::bad_request("invalid_expiry", message).at("/expires_in_days"));
    }
    let token = credential::mint("at", grant.account, &random::<32>()?);
    let hash = sha256_hex(token.as_bytes());
    let shown = Token {
        id: id_of(&hash),
        name: grant.name,
        access: grant.access,
        projects: grant.projects,
        last4: last4(&token),
        created_at: now,
        expires_at: now + u64::from(grant.days) * DAY_MS,
        revoked_at: None,
    };
    let secret = TokenSecret {
        token,
        stored: shown.clone(),
    };
    let row = TokenRow {
        account: grant.account.to_owned(),
        hash,
        shown,
    };
    Ok((row, secret))
}

fn actor_of(request: &DirectoryRequest<'_>, token: &str) -> Result<Actor, ApiError> {
    let hash = sha256_hex(token.as_bytes());
    let row = tokens::get(request.db, &id_of(&hash))?
        .filter(|row| is_same(&row.hash, &hash))
        .filter(|row| row.shown.revoked_at.is_none() && row.shown.expires_at > request.now)
        .ok_or_else(ApiError::unauthorized)?;
    Ok(Actor {
        account: row.account,
        token: row.shown.id,
        name: row.shown.name,
        access: row.shown.access,
        projects: row.shown.projects,
    })
}
