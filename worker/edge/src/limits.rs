//! How much one key, and one address with it, may ask for: counted by the platform.

use pennon_api::{KeyKind, KeyRecord};
use worker::{Headers, RateLimiter};

use crate::error::{Failure, FailureKind};
use crate::log;
use crate::visit::Visit;

/// Refuses what is too much.
///
/// A limit that is not bound does not exist, and one that does not answer lets everybody pass:
/// losing events is worse than taking too many. Servers have one address for many people, so
/// addresses are counted for client keys only.
///
/// # Errors
///
/// 429 `too_many_requests`.
pub(crate) async fn check(
    visit: &Visit,
    key: &KeyRecord,
    headers: &Headers,
) -> Result<(), Failure> {
    let settings = &visit.settings;
    if !is_within(visit, settings.events_by_key.as_ref(), &key.key).await {
        return Err(refusal("this key"));
    }
    if key.kind == KeyKind::Client {
        let address = headers.get("CF-Connecting-IP")?.unwrap_or_default();
        let pair = format!("{}/{address}", key.key);
        if !is_within(visit, settings.events_by_address.as_ref(), &pair).await {
            return Err(refusal("this address"));
        }
    }
    Ok(())
}

async fn is_within(visit: &Visit, limit: Option<&RateLimiter>, subject: &str) -> bool {
    let Some(limit) = limit else {
        return true;
    };
    match limit.limit(subject.to_owned()).await {
        Ok(outcome) => outcome.success,
        Err(error) => {
            log::source_failed(visit.id, "rate_limit", "events", &error.to_string());
            true
        }
    }
}

fn refusal(whom: &str) -> Failure {
    let message = format!("too many batches from {whom}; send the same batch again later");
    Failure::new(FailureKind::TooManyRequests, message)
}
