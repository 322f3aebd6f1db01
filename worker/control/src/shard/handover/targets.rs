//! Which shards do not answer, and when they are asked again.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// The longest pause between two attempts.
const MAX_PAUSE_MS: u64 = 60_000;

/// What an object remembers of the shards that it sends to. After a restart it asks all of them.
#[derive(Debug, Default)]
pub(in crate::shard) struct Targets(RefCell<BTreeMap<u32, Silence>>);

#[derive(Debug, Clone, Copy)]
struct Silence {
    attempts: u32,
    /// Epoch milliseconds.
    until: u64,
}

impl Targets {
    /// The shard has answered.
    pub(in crate::shard) fn answered(&self, shard: u32) {
        self.0.borrow_mut().remove(&shard);
    }

    /// It has not, or it does not take it now: nothing is sent to it for 1, 2, 4, … seconds.
    /// Says until when, in epoch milliseconds.
    pub(in crate::shard) fn fail(&self, shard: u32, now: u64) -> u64 {
        let mut silent = self.0.borrow_mut();
        let attempts = silent.get(&shard).map_or(0, |silence| silence.attempts);
        let pause = 1000_u64.checked_shl(attempts).unwrap_or(MAX_PAUSE_MS);
        let until = now.saturating_add(pause.min(MAX_PAUSE_MS));
        let attempts = (attempts + 1).min(16);
        silent.insert(shard, Silence { attempts, until });
        until
    }

    /// When something may be sent that is due at `due`; both in epoch milliseconds.
    pub(in crate::shard) fn due(&self, shard: u32, due: u64) -> u64 {
        let silent = self.0.borrow();
        let until = silent.get(&shard).map_or(0, |silence| silence.until);
        due.max(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shard_has_its_own_pause() {
        let targets = Targets::default();
        assert_eq!(targets.due(1, 500), 500);
        targets.fail(1, 1_000);
        assert_eq!((targets.due(1, 500), targets.due(2, 500)), (2_000, 500));
        targets.fail(1, 2_000);
        assert_eq!(targets.due(1, 500), 4_000);
        for _ in 0..100 {
            targets.fail(1, 0);
        }
        assert_eq!(targets.due(1, 500), MAX_PAUSE_MS);
        targets.answered(1);
        assert_eq!(targets.due(1, 500), 500);
    }
}
