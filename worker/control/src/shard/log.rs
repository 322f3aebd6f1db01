//! The raw log, for warehouses and for counting everything once more.

use pennon_api::{Delivery, EventCopy};
use worker::Result;

use crate::store::{Db, integer, text};

/// Appends the lines of the copies that are new.
pub(super) fn append(
    db: &Db,
    delivery: &Delivery,
    fresh: &[&EventCopy],
    revision: u64,
) -> Result<()> {
    let lines: Vec<&str> = fresh
        .iter()
        .filter_map(|copy| copy.line.as_deref())
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    let events = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    db.run(
        "INSERT INTO log (sequence, received_at, events, lines) VALUES (?, ?, ?, ?)",
        vec![
            integer(revision),
            integer(delivery.received_at),
            integer(events),
            text(&lines.join("\n")),
        ],
    )
}

/// Bytes of a delivery's lines, known ones included.
pub(super) fn bytes(delivery: &Delivery) -> usize {
    let lines = delivery
        .copies
        .iter()
        .filter_map(|copy| copy.line.as_deref());
    lines.map(str::len).sum()
}
