use std::collections::VecDeque;

use crate::error::ApiError;

/// How many wrong setup secrets are looked at in a minute. The secret has 256 bits, so this
/// protects the log and the object from noise more than the secret from being guessed.
const MAX_FAILURES: usize = 10;

const WINDOW_MS: u64 = 60_000;

/// Recent failures, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    failures: VecDeque<u64>,
}

impl Attempts {
    /// Refuses to look when there were too many failures.
    ///
    /// # Errors
    ///
    /// 429 `too_many_attempts`.
    pub(crate) fn check(&mut self, now: u64) -> Result<(), ApiError> {
        while self
            .failures
            .front()
            .is_some_and(|at| at + WINDOW_MS <= now)
        {
            self.failures.pop_front();
        }
        if self.failures.len() < MAX_FAILURES {
            return Ok(());
        }
        let message = "too many wrong setup links; wait a minute";
        Err(ApiError::new(429, "too_many_attempts", message))
    }

    /// Counts a failure.
    pub(crate) fn fail(&mut self, now: u64) {
        self.failures.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_a_minute() {
        let mut attempts = Attempts::default();
        for second in 0..10 {
            assert!(attempts.check(second * 1000).is_ok());
            attempts.fail(second * 1000);
        }
        let error = attempts.check(59_999).unwrap_err();
        assert_eq!(error.summary(), (429, "too_many_attempts"));
        assert!(attempts.check(60_000).is_ok());
    }
}
