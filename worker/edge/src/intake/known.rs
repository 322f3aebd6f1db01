//! Whether the plan in force has what an exposure names.
//!
//! What it does not have counts nowhere, or a stranger could fill totals with names. The event is
//! committed and logged all the same, and the line of the log says so: a recount does as the shards.

use pennon_api::ExposureCopy;

use super::event::{Refusal, RefusalCode};

/// The plan in force, as far as exposures are checked against it.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    /// Revision of the environment.
    pub(crate) revision: u64,
    /// What is missing of a flag and a variant.
    pub(crate) missing: &'a dyn Fn(&str, &str) -> Option<Missing>,
}

/// What a plan does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Flag,
    Variant,
}

/// Why the plan in force may be too old to say that something is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Claim {
    /// Whether an event names the revision; else it does not say by which it was decided.
    pub(crate) is_said: bool,
    /// Above that of the plan in force.
    pub(crate) revision: u64,
}

/// Why an exposure counts nowhere.
#[derive(Debug)]
pub(super) struct Doubt {
    pub(super) refusal: Refusal,
    /// Absent where the plan in force is new enough to know.
    pub(super) claim: Option<Claim>,
}

impl Doubt {
    /// The word in the raw log.
    pub(super) fn word(&self) -> Option<&'static str> {
        self.refusal.word()
    }
}

/// Why an exposure counts nowhere, if the plan does not have what it names.
pub(super) fn doubt(known: Known<'_>, exposure: &ExposureCopy) -> Option<Doubt> {
    let ExposureCopy { flag, variant, .. } = exposure;
    let revision = known.revision;
    let refusal = match (known.missing)(flag, variant)? {
        Missing::Flag => Refusal::new(
            RefusalCode::UnknownFlag,
            format!("revision {revision} has no flag `{flag}`, so this is logged and not counted"),
        ),
        Missing::Variant => Refusal::new(
            RefusalCode::UnknownVariant,
            format!(
                "`{flag}` has no variant `{variant}` in revision {revision}, so this is logged and \
                 not counted"
            ),
        ),
    };
    let claim = Claim {
        is_said: exposure.revision.is_some(),
        revision: exposure.revision.unwrap_or(revision.saturating_add(1)),
    };
    Some(Doubt {
        refusal,
        claim: Some(claim).filter(|claim| claim.revision > revision),
    })
}
