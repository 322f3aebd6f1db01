//! From the bytes of a batch to what each shard has to commit: pure, without the platform.
//!
//! The contract is `docs/events.md`; its limits are the constants here.

mod batch;
mod clock;
mod deliveries;
mod event;
mod field;
mod known;
mod level;
mod line;
mod surrogate;
mod uuid;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use pennon_api::EnvironmentRecord;

use crate::error::Failure;
use batch::Batch;
pub(crate) use deliveries::Deliveries;
pub(crate) use event::Rejection;
pub(crate) use known::{Claim, Known, Missing};
pub(crate) use surrogate::mend;

/// Bytes of a batch.
pub(crate) const MAX_BATCH_BYTES: usize = 256 * 1024;
/// Events of a batch.
pub(crate) const MAX_EVENTS: usize = 500;
/// Bytes of one event's JSON text.
pub(crate) const MAX_EVENT_BYTES: usize = 8 * 1024;
/// Levels of arrays and objects inside one event, the event itself included.
pub(crate) const MAX_EVENT_DEPTH: usize = 8;

/// What is known of a batch that is not in it.
pub(crate) struct Reception<'a> {
    /// Where it belongs.
    pub(crate) environment: &'a EnvironmentRecord,
    /// Epoch milliseconds.
    pub(crate) received_at: u64,
    /// What the edge says of who sends it; nothing for a server, which sends for others.
    pub(crate) sender: Option<BTreeMap<String, String>>,
    /// What exposures may name; anything, when nobody can say.
    pub(crate) known: Option<Known<'a>>,
}

/// Reads a batch, free of lonely surrogates, and groups its events by the shards of their units.
///
/// # Errors
///
/// What makes the whole batch unreadable. A bad event is only left out and listed.
pub(crate) fn read(body: &[u8], reception: &Reception<'_>) -> Result<Deliveries, Failure> {
    let batch = Batch::parse(body)?;
    Ok(deliveries::group(&batch, reception))
}
