//! What a shard tells who watches it.

use serde::Serialize;
use worker::Result;

use crate::store::Db;

/// One number, as Prometheus knows it.
#[derive(Debug, Serialize)]
pub(super) struct Sample {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    labels: std::collections::BTreeMap<String, String>,
    value: u64,
}

/// All of them; counters are kept in the database, so they survive the object.
pub(super) fn read(db: &Db, now: u64) -> Result<Vec<Sample>> {
    let number = |sql: &str| -> Result<u64> {
        let found = db.row(sql, vec![], |row| row.optional_integer(0))?;
        Ok(found.flatten().unwrap_or(0))
    };
    let sample = |name, kind, help, value| Sample {
        name,
        kind,
        help,
        labels: std::collections::BTreeMap::new(),
        value,
    };
    let oldest = number("SELECT MIN(received_at) FROM log")?;
    let age = if oldest == 0 {
        0
    } else {
        now.saturating_sub(oldest) / 1000
    };
    Ok(vec![
        sample(
            "pennon_shard_copies_accepted_total",
            "counter",
            "Copies of events counted for the first time.",
            number("SELECT accepted FROM shard")?,
        ),
        sample(
            "pennon_shard_dropped_by_clients_total",
            "counter",
            "Events that clients say they gave up.",
            number("SELECT dropped FROM shard")?,
        ),
        sample(
            "pennon_shard_subjects",
            "gauge",
            "Subjects with exposures or kept events.",
            number("SELECT COUNT(*) FROM subject")?,
        ),
        sample(
            "pennon_shard_handovers_waiting",
            "gauge",
            "States on their way to another shard.",
            number("SELECT COUNT(*) FROM handover")?,
        ),
        sample(
            "pennon_shard_log_rows_waiting",
            "gauge",
            "Rows of the raw log that are not in the bucket yet.",
            number("SELECT COUNT(*) FROM log")?,
        ),
        sample(
            "pennon_shard_log_age_seconds",
            "gauge",
            "Age of the oldest of them.",
            age,
        ),
    ])
}
