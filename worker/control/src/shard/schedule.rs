//! One alarm for everything that a shard does later.

use std::cell::Cell;
use std::time::Duration;

use worker::{Result, Storage};

/// The time for which the object's alarm is set, as far as the object knows since it started.
#[derive(Debug, Default)]
pub(super) struct Alarm(Cell<Option<u64>>);

impl Alarm {
    /// Makes sure that the alarm goes off at `due` at the latest; both times in epoch milliseconds.
    ///
    /// # Errors
    ///
    /// Those of the platform.
    pub(super) async fn ensure(&self, storage: &Storage, due: u64, now: u64) -> Result<()> {
        if self.goes_off_by(due) {
            return Ok(());
        }
        let stored = storage.get_alarm().await?;
        let stored = stored.and_then(|stored| u64::try_from(stored).ok());
        if stored.is_none_or(|stored| stored > due) {
            let pause = Duration::from_millis(due.saturating_sub(now));
            storage.set_alarm(pause).await?;
            self.0.set(Some(due));
        } else {
            self.0.set(stored);
        }
        Ok(())
    }

    /// Whether the alarm is known to go off at `due` at the latest.
    pub(super) fn goes_off_by(&self, due: u64) -> bool {
        self.0.get().is_some_and(|set| set <= due)
    }

    /// The alarm has gone off.
    pub(super) fn went_off(&self) {
        self.0.set(None);
    }
}
