//! When the log is to be written to the bucket.

use std::cell::Cell;

/// How old the oldest line may become.
pub(in crate::shard) const LOG_AGE_MS: u64 = 60_000;
/// How many bytes of lines may wait.
const AT_BYTES: usize = 1024 * 1024;
/// The first and the longest pause after an attempt that failed.
const PAUSES_MS: (u64, u64) = (5_000, 300_000);

/// What an object remembers of its log while it runs. After a restart, age alone decides.
#[derive(Debug, Default)]
pub(in crate::shard) struct Backlog {
    bytes: Cell<usize>,
    failures: Cell<u32>,
    retry_at: Cell<u64>,
}

impl Backlog {
    /// Lines were appended.
    pub(in crate::shard) fn add(&self, bytes: usize) {
        self.bytes.set(self.bytes.get().saturating_add(bytes));
    }

    /// The log was written.
    pub(in crate::shard) fn clear(&self) {
        self.bytes.set(0);
        self.failures.set(0);
        self.retry_at.set(0);
    }

    /// An attempt failed at `now`; the next one waits, twice as long each time.
    pub(in crate::shard) fn fail(&self, now: u64) {
        let (first, longest) = PAUSES_MS;
        let pause = first
            .checked_shl(self.failures.get())
            .unwrap_or(longest)
            .min(longest);
        self.failures.set((self.failures.get() + 1).min(16));
        self.retry_at.set(now.saturating_add(pause));
    }

    /// Whether so much waits that age does not matter.
    pub(in crate::shard) fn is_full(&self) -> bool {
        self.bytes.get() >= AT_BYTES
    }

    /// Epoch milliseconds of the next attempt, for a log whose oldest row is of `oldest`.
    pub(in crate::shard) fn due(&self, oldest: u64) -> u64 {
        let due = if self.is_full() {
            0
        } else {
            oldest.saturating_add(LOG_AGE_MS)
        };
        due.max(self.retry_at.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_or_size_decide_and_failures_put_off() {
        let backlog = Backlog::default();
        assert_eq!(backlog.due(1_000), 61_000);
        backlog.add(AT_BYTES);
        assert_eq!(backlog.due(1_000), 0);
        backlog.fail(100_000);
        assert_eq!(backlog.due(1_000), 105_000);
        backlog.fail(200_000);
        assert_eq!(backlog.due(1_000), 210_000);
        (0..100).for_each(|_| backlog.fail(0));
        assert_eq!(backlog.due(1_000), 300_000);
        backlog.clear();
        assert_eq!(backlog.due(1_000), 61_000);
    }
}
