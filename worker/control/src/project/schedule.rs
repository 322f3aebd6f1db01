//! When a project has something to do by itself: one alarm, several reasons.

use std::time::Duration;

use worker::{Date, Result, Storage};

use super::seal::reseal_due;
use crate::store::{Db, erasures, hub_outbox, outbox, reshardings};

/// How soon an attempt that is due, and perhaps under way, is made sure of.
const SOON: Duration = Duration::from_secs(1);

/// Makes sure that somebody will deliver even when this process dies now.
///
/// The alarm is set in the same turn as the commit, so both become durable together.
pub(super) async fn arm(storage: &Storage) -> Result<()> {
    storage.set_alarm(SOON).await
}

/// Sets the alarm for the next thing to do, and none when there is nothing.
pub(super) async fn set_alarm(storage: &Storage, db: &Db) -> Result<()> {
    match next_due(db)? {
        Some(due) => {
            let pause = due.saturating_sub(Date::now().as_millis());
            storage
                .set_alarm(Duration::from_millis(pause).max(SOON))
                .await
        }
        None => storage.delete_alarm().await,
    }
}

/// Epoch milliseconds of the next thing to do.
fn next_due(db: &Db) -> Result<Option<u64>> {
    let reasons = [
        outbox::next_due(db)?,
        hub_outbox::next_due(db)?,
        reseal_due(db)?,
        reshardings::next_due(db)?,
        erasures::next_due(db)?,
    ];
    Ok(reasons.into_iter().flatten().min())
}
