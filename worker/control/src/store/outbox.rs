//! What the snapshot stores have not confirmed yet.

use worker::Result;

use super::{Db, blob, integer, text};

/// One write that is due.
#[derive(Debug, Clone)]
pub(crate) struct OutboxRow {
    pub(crate) seq: u64,
    /// Name in both stores.
    pub(crate) target: String,
    pub(crate) body: Vec<u8>,
    pub(crate) tries: u32,
}

/// Adds a write; one of the same name that is still waiting would only be overwritten, so it goes.
pub(crate) fn push(db: &Db, environment: &str, target: &str, body: &[u8]) -> Result<()> {
    db.run("DELETE FROM outbox WHERE target = ?", vec![text(target)])?;
    let sql = "INSERT INTO outbox (environment, target, body) VALUES (?, ?, ?)";
    db.run(sql, vec![text(environment), text(target), blob(body)])
}

/// The oldest write.
pub(crate) fn first(db: &Db) -> Result<Option<OutboxRow>> {
    let sql = "SELECT seq, target, body, tries FROM outbox ORDER BY seq LIMIT 1";
    db.row(sql, vec![], |row| {
        Ok(OutboxRow {
            seq: row.integer(0)?,
            target: row.text(1)?,
            body: row.blob(2)?,
            tries: row.small(3)?,
        })
    })
}

/// Removes a write that both stores confirmed.
pub(crate) fn confirm(db: &Db, seq: u64) -> Result<()> {
    db.run("DELETE FROM outbox WHERE seq = ?", vec![integer(seq)])
}

/// Counts a failed attempt.
pub(crate) fn count_failure(db: &Db, seq: u64) -> Result<()> {
    db.run(
        "UPDATE outbox SET tries = tries + 1 WHERE seq = ?",
        vec![integer(seq)],
    )
}

/// Whether nothing is due, for one environment or for all.
pub(crate) fn is_empty(db: &Db, environment: Option<&str>) -> Result<bool> {
    let n = match environment {
        Some(environment) => db.row(
            "SELECT COUNT(*) FROM outbox WHERE environment = ?",
            vec![text(environment)],
            |row| row.integer(0),
        )?,
        None => db.row("SELECT COUNT(*) FROM outbox", vec![], |row| row.integer(0))?,
    };
    Ok(n == Some(0))
}
