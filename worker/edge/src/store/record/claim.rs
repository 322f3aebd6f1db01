//! Revisions that clients name and the held record does not have.

use std::rc::Rc;

use pennon_api::{EnvironmentRecord, KeyRecord};

use super::{Names, Record as _, current, environment, environment_names, settle, sources};
use crate::error::{Failure, FailureKind};
use crate::intake::Claim;
use crate::memory;
use crate::visit::Visit;

/// How often a revision is looked for that a client has told of.
const CLAIM_MS: u64 = 1_000;

/// What an environment serves, looked up because a client met what the held revision does not have.
///
/// Anybody can say so, and the look may go as far as the object that owns the record: so it is made
/// once in [`CLAIM_MS`]. In between, who names a revision has to come again, unless the last look has
/// refuted it; and who names none is checked against what was found.
///
/// # Errors
///
/// 503 as [`environment`], and in between.
pub(crate) async fn claimed(
    visit: &Visit,
    key: &KeyRecord,
    claim: Claim,
) -> Result<Rc<EnvironmentRecord>, Failure> {
    let topics = Topics::of(&key.environment, claim.revision);
    let is_refuted = topics.are_refuted(visit.now);
    if memory::is_recent(&topics.look, visit.now, CLAIM_MS) {
        if !claim.is_said || is_refuted {
            return Ok(environment(visit, key).await?.record);
        }
        let message = format!(
            "whether there is revision {} is not known yet",
            claim.revision
        );
        return Err(Failure::new(FailureKind::StoreUnavailable, message));
    }
    memory::remember_time(&topics.look, visit.now);
    let names = Names {
        least: claim.revision,
        ..environment_names(key)
    };
    let limit_ms = EnvironmentRecord::bounds(true).fresh_ms;
    let found = sources::look(&visit.settings, visit.id, &names, limit_ms).await;
    if found.is_owners {
        memory::remember_time(&topics.answered, visit.now);
    }
    let held = settle(visit.id, &names, found, Some(&visit.ctx)).await?;
    Ok(current(visit, key, held)?.record)
}

/// Times that are remembered of an environment, and of a revision that somebody names.
struct Topics {
    /// When the last look began.
    look: String,
    /// When the last look began that the owner of the record has answered.
    answered: String,
    /// When the revision was first named.
    named: String,
}

impl Topics {
    fn of(environment: &str, revision: u64) -> Topics {
        Topics {
            look: format!("claim/{environment}"),
            answered: format!("claim/{environment}/answered"),
            named: format!("claim/{environment}/{revision}"),
        }
    }

    /// Whether the revision was named before a look that did not find it. Clients name what they
    /// were given: so it comes from a control plane that was taken back to a backup, or is made up,
    /// and the look after the next second finds it should it come to be.
    fn are_refuted(&self, now: u64) -> bool {
        let Some(named_at) = memory::last_time(&self.named) else {
            memory::remember_time(&self.named, now);
            return false;
        };
        memory::last_time(&self.answered).is_some_and(|answered_at| named_at <= answered_at)
    }
}
