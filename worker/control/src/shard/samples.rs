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

/// Name, kind, help, and the statement that finds the number.
const SAMPLES: [(&str, &str, &str, &str); 7] = [
    (
        "pennon_shard_copies_accepted_total",
        "counter",
        "Copies of events counted for the first time.",
        "SELECT accepted FROM shard",
    ),
    (
        "pennon_shard_dropped_by_clients_total",
        "counter",
        "Events that clients say they gave up.",
        "SELECT dropped FROM shard",
    ),
    (
        "pennon_shard_subjects_put_aside_total",
        "counter",
        "Times that the state of a subject could not be read or written.",
        "SELECT aside FROM shard",
    ),
    (
        "pennon_shard_exposures_cut",
        "gauge",
        "First exposures of subjects that met more flags than are kept of them.",
        "SELECT MAX(0, SUM(value ->> 0)) FROM cell, json_each(numbers)
         WHERE key = 'cut' AND dimension = 'total'",
    ),
    (
        "pennon_shard_subjects",
        "gauge",
        "Subjects with exposures or kept events.",
        "SELECT COUNT(*) FROM subject",
    ),
    (
        "pennon_shard_handovers_waiting",
        "gauge",
        "States on their way to another shard.",
        "SELECT COUNT(*) FROM handover",
    ),
    (
        "pennon_shard_log_rows_waiting",
        "gauge",
        "Rows of the raw log that are not in the bucket yet.",
        "SELECT COUNT(*) FROM log",
    ),
];

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
    let mut samples = Vec::new();
    for (name, kind, help, sql) in SAMPLES {
        samples.push(sample(name, kind, help, number(sql)?));
    }
    let oldest = number("SELECT MIN(received_at) FROM log")?;
    let age = if oldest == 0 {
        0
    } else {
        now.saturating_sub(oldest) / 1000
    };
    samples.push(sample(
        "pennon_shard_log_age_seconds",
        "gauge",
        "Age of the oldest of them.",
        age,
    ));
    Ok(samples)
}
