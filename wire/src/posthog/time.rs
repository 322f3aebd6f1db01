/// When an event happened by the clock of the server, in epoch milliseconds (section 8.6).
///
/// `timestamp` and `sent_at` are of one clock, which may be wrong; `offset_ms` is how long before
/// it was sent the event happened.
pub fn event_time(
    received: f64,
    sent_at: Option<f64>,
    timestamp: Option<f64>,
    offset_ms: Option<f64>,
) -> f64 {
    match (timestamp, sent_at, offset_ms) {
        (Some(timestamp), Some(sent_at), _) => received + (timestamp - sent_at),
        (Some(timestamp), None, _) => timestamp,
        (None, _, Some(offset)) => received - offset,
        (None, _, None) => received,
    }
}
