//! `/setup/{secret}`: how the first person gets in.

use std::cell::Cell;

use pennon_api::{Access, SetupRequest};
use serde_json::json;
use worker::console_log;

use super::tokens::{self, Grant};
use crate::call::Answer;
use crate::credential::{is_same, random_name, random_secret, sha256_hex};
use crate::directory::DirectoryRequest;
use crate::error::ApiError;
use crate::store::setups;

/// How long a printed link works.
const LINK_LIFETIME_MS: u64 = 86_400_000;
const DEFAULT_TOKEN_DAYS: u32 = 90;

/// Prints a setup link to the log, once for each start of the object, until somebody has used one.
///
/// Only hashes are stored, so a link cannot be printed again: every start prints a fresh one, and
/// all of them die when the first is used.
pub(crate) fn announce(
    request: &DirectoryRequest<'_>,
    has_announced: &Cell<bool>,
) -> Result<Answer, ApiError> {
    let is_set_up = setups::account(request.db)?.is_some();
    if !is_set_up && !has_announced.replace(true) {
        let secret = random_secret()?;
        let expires_at = request.now + LINK_LIFETIME_MS;
        setups::add(
            request.db,
            &sha256_hex(secret.as_bytes()),
            request.now,
            expires_at,
        )?;
        let origin = printable(&request.call.origin);
        console_log!(
            "setup: open {origin}/setup/{secret} to create the first admin token (works once, for 24 hours)"
        );
    }
    Answer::ok(&json!({ "set_up": is_set_up }))
}

/// The origin to print before a secret.
///
/// It comes from a request that anybody may have sent: a name in it could lead whoever opens the link
/// to a stranger with the secret in hand. Only this machine is named.
fn printable(origin: &str) -> &str {
    let is_this_machine = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"]
        .iter()
        .any(|start| origin.starts_with(start));
    if is_this_machine {
        origin
    } else {
        "https://<address of this Worker>"
    }
}

/// Whether a link still works; looking does not use it.
pub(crate) fn show(request: &DirectoryRequest<'_>, secret: &str) -> Result<Answer, ApiError> {
    check(request, secret)?;
    Answer::ok(&json!({ "open": true }))
}

/// Makes the account and its first token. Every link is dead from here on.
pub(crate) fn complete(request: &DirectoryRequest<'_>, secret: &str) -> Result<Answer, ApiError> {
    check(request, secret)?;
    let SetupRequest { expires_in_days } = request.call.optional_json()?;
    let account = format!("acc{}", random_name()?);
    let grant = Grant {
        account: &account,
        name: "setup".to_owned(),
        access: Access::Admin,
        projects: None,
        days: expires_in_days.unwrap_or(DEFAULT_TOKEN_DAYS),
    };
    let (row, secret) = tokens::mint(grant, request.now)?;
    request.db.transaction(|| {
        setups::complete(request.db, &account, request.now)?;
        crate::store::tokens::insert(request.db, &row)
    })?;
    Answer::created(&secret)
}

fn check(request: &DirectoryRequest<'_>, secret: &str) -> Result<(), ApiError> {
    let hash = sha256_hex(secret.as_bytes());
    let open = setups::open(request.db, request.now)?;
    // Every link is looked at, so that the time tells nothing about which of them came close.
    let is_open = open
        .iter()
        .fold(false, |is_open, stored| is_same(stored, &hash) | is_open);
    if is_open {
        return Ok(());
    }
    Err(request.attempts.borrow_mut().fail(request.now))
}
