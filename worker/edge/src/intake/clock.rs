//! Client clocks are wrong; the difference between two of their readings is not.

/// Seven days: how late an event may be told.
const MAX_AGE_MS: f64 = 7.0 * DAY_MS;
const DAY_MS: f64 = 86_400_000.0;
/// The largest time that a JavaScript `Date` holds.
const MAX_TIME_MS: f64 = 8.64e15;

/// The offset of one client's clock, as seen when its batch came in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    received_at: f64,
    offset: f64,
}

impl Clock {
    #[expect(
        clippy::cast_precision_loss,
        reason = "epoch milliseconds fit 53 bits for the next 285 000 years"
    )]
    pub(super) fn new(sent_at: f64, received_at: u64) -> Clock {
        let received_at = received_at as f64;
        Clock {
            received_at,
            offset: received_at - sent_at,
        }
    }

    /// Epoch milliseconds of an event by the edge's clock.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a span that ends now and begins after 1970"
    )]
    pub(super) fn correct(self, at: f64) -> u64 {
        let earliest = (self.received_at - MAX_AGE_MS).max(0.0);
        (at + self.offset).clamp(earliest, self.received_at) as u64
    }

    /// Whether the client's clock is off by more than a day.
    pub(super) fn is_skewed(self) -> bool {
        self.offset.abs() > DAY_MS
    }
}

/// Whether a number can be epoch milliseconds at all.
pub(super) fn is_time(time: f64) -> bool {
    (0.0..=MAX_TIME_MS).contains(&time)
}
