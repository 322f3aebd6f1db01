//! Who is asking, and from where.

use std::rc::Rc;

use crate::error::{Failure, FailureKind};
use crate::key::{KeyText, is_secret};
use crate::store::record;
use crate::visit::Visit;
use pennon_api::{AudienceRecord, EnvironmentRecord, KeyKind, KeyRecord, OriginPattern, bearer};

/// Finds what the caller's key opens.
///
/// A key in `Authorization: Bearer` goes before one in the address.
///
/// # Errors
///
/// 401 for a key that is missing, unknown or withdrawn; 403 for a server key in the address and for
/// an origin that the key does not allow.
pub(crate) async fn authorise(
    visit: &Visit,
    key_in_address: Option<&str>,
) -> Result<Rc<KeyRecord>, Failure> {
    let text = match (bearer(&visit.head.authorization), key_in_address) {
        (Some(text), _) => text,
        (None, Some(text)) if is_secret(text) => {
            let message =
                "a server key belongs into the `Authorization` header: addresses are logged";
            return Err(Failure::new(FailureKind::KeyInAddress, message));
        }
        (None, Some(text)) if !text.is_empty() => text,
        _ => {
            return Err(Failure::new(
                FailureKind::KeyMissing,
                "the request carries no key",
            ));
        }
    };
    let record = record::key(visit, &KeyText::parse(text)?).await?;
    check_validity(&record, visit.now)?;
    check_origin(&record, &visit.head.origin)?;
    Ok(record)
}

/// The key in the query of an address. Keys need no escapes, so none are read.
pub(crate) fn key_in_query(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("key="))
}

/// What a key opens in its environment.
pub(crate) fn audience<'a>(
    key: &KeyRecord,
    environment: &'a EnvironmentRecord,
) -> &'a AudienceRecord {
    match key.kind {
        KeyKind::Client => &environment.public,
        KeyKind::Server => &environment.server,
    }
}

fn check_validity(key: &KeyRecord, now: u64) -> Result<(), Failure> {
    let is_expired = key.expires_at.is_some_and(|expires_at| expires_at <= now);
    if key.revoked || is_expired {
        return Err(Failure::new(FailureKind::KeyRevoked, "the key was revoked"));
    }
    Ok(())
}

/// Requests without an origin do not come from a page; the list is about pages.
fn check_origin(key: &KeyRecord, origin: &str) -> Result<(), Failure> {
    let is_meant =
        |entry: &String| OriginPattern::parse(entry).is_some_and(|pattern| pattern.matches(origin));
    if origin.is_empty() || key.origins.is_empty() || key.origins.iter().any(is_meant) {
        return Ok(());
    }
    let message = format!("the key may not be used from `{origin}`");
    Err(Failure::new(FailureKind::OriginNotAllowed, message))
}
