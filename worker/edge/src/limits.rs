//! How much one key, and one address with it, may ask for: counted by the platform.

use pennon_api::{KeyKind, KeyRecord};
use worker::worker_sys::web_sys::Request;
use worker::{Env, RateLimiter};

use crate::error::{Failure, FailureKind};
use crate::log;
use crate::platform;
use crate::visit::Visit;

/// The two limits of a route.
pub(crate) struct Limits {
    by_key: Limit,
    by_address: Limit,
}

/// A binding that counts; one that is not there lets everybody pass.
struct Limit {
    name: &'static str,
    binding: Option<RateLimiter>,
}

impl Limits {
    /// The bindings of these names.
    pub(crate) fn of(env: &Env, by_key: &'static str, by_address: &'static str) -> Limits {
        let limit = |name| Limit {
            name,
            binding: env.rate_limiter(name).ok(),
        };
        Limits {
            by_key: limit(by_key),
            by_address: limit(by_address),
        }
    }

    /// Refuses what is too much.
    ///
    /// A limit that does not answer lets everybody pass: losing events or decisions is worse than
    /// taking too many. Servers have one address for many people, so addresses are counted for
    /// client keys only.
    ///
    /// # Errors
    ///
    /// 429 `too_many_requests`.
    pub(crate) async fn check(
        &self,
        visit: &Visit,
        key: &KeyRecord,
        request: &Request,
    ) -> Result<(), Failure> {
        self.by_key.check(visit, key.key.clone(), "key").await?;
        if key.kind == KeyKind::Server {
            return Ok(());
        }
        let address = platform::header(request, "CF-Connecting-IP").unwrap_or_default();
        let pair = [key.key.as_str(), &address].join("/");
        self.by_address.check(visit, pair, "address").await
    }
}

impl Limit {
    async fn check(&self, visit: &Visit, subject: String, whose: &str) -> Result<(), Failure> {
        let Some(binding) = &self.binding else {
            return Ok(());
        };
        match binding.limit(subject).await {
            Ok(outcome) if !outcome.success => {
                let message = format!("too many requests from this {whose}; send it again later");
                Err(Failure::new(FailureKind::TooManyRequests, message))
            }
            Ok(_) => Ok(()),
            Err(error) => {
                log::source_failed(visit.id, "rate_limit", self.name, &error.to_string());
                Ok(())
            }
        }
    }
}
