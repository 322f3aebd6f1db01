use std::collections::VecDeque;

use crate::error::ApiError;

/// How many wrong setup secrets are told in a minute that they are wrong. The secret has 256 bits,
/// so this slows guessing down and must never stand in the way of whoever has the right one.
const MAX_FAILURES: usize = 10;

const WINDOW_MS: u64 = 60_000;

/// Recent failures, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    failures: VecDeque<u64>,
}

impl Attempts {
    /// Counts a failure, and says what to answer: 404 `setup_link_dead`, or 429
    /// `too_many_attempts` when there were too many before.
    pub(crate) fn fail(&mut self, now: u64) -> ApiError {
        while self
            .failures
            .front()
            .is_some_and(|at| at + WINDOW_MS <= now)
        {
            self.failures.pop_front();
        }
        if self.failures.len() < MAX_FAILURES {
            self.failures.push_back(now);
            let message = "this setup link was used, has expired or never existed";
            return ApiError::new(404, "setup_link_dead", message);
        }
        let message = "too many wrong setup links; wait a minute";
        ApiError::new(429, "too_many_attempts", message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_a_minute() {
        let mut attempts = Attempts::default();
        for second in 0..10 {
            let error = attempts.fail(second * 1000);
            assert_eq!(error.summary(), (404, "setup_link_dead"));
        }
        let error = attempts.fail(59_999);
        assert_eq!(error.summary(), (429, "too_many_attempts"));
        let error = attempts.fail(60_000);
        assert_eq!(error.summary(), (404, "setup_link_dead"));
    }
}
