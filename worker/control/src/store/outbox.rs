//! What the snapshot stores have not confirmed yet.

use pennon_api::StoresState;
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
    /// Whether the bucket has confirmed it.
    pub(crate) is_archived: bool,
}

/// Adds a write; one of the same name that is still waiting would only be overwritten, so it goes.
pub(crate) fn push(db: &Db, environment: &str, target: &str, body: &[u8]) -> Result<()> {
    db.run("DELETE FROM outbox WHERE target = ?", vec![text(target)])?;
    let sql = "INSERT INTO outbox (environment, target, body) VALUES (?, ?, ?)";
    db.run(sql, vec![text(environment), text(target), blob(body)])
}

/// The oldest writes: a pointer alone, or contents up to the first pointer.
pub(crate) fn first(db: &Db, n: u32) -> Result<Vec<OutboxRow>> {
    let sql = "SELECT seq, target, body, tries, archived FROM outbox
        WHERE seq < COALESCE((SELECT MIN(seq) FROM outbox WHERE target LIKE 'env/%'), seq + 1)
        OR seq = (SELECT MIN(seq) FROM outbox)
        ORDER BY seq LIMIT ?";
    db.rows(sql, vec![integer(n)], |row| {
        Ok(OutboxRow {
            seq: row.integer(0)?,
            target: row.text(1)?,
            body: row.blob(2)?,
            tries: row.small(3)?,
            is_archived: row.integer(4)? != 0,
        })
    })
}

/// Notes that the bucket has a write.
pub(crate) fn set_archived(db: &Db, seq: u64) -> Result<()> {
    db.run(
        "UPDATE outbox SET archived = 1 WHERE seq = ?",
        vec![integer(seq)],
    )
}

/// Removes a write that both stores confirmed.
pub(crate) fn confirm(db: &Db, seq: u64) -> Result<()> {
    db.run("DELETE FROM outbox WHERE seq = ?", vec![integer(seq)])
}

/// Counts a failed attempt, and says when the next one is due.
pub(crate) fn put_off(db: &Db, seq: u64, due_at: u64) -> Result<()> {
    let sql = "UPDATE outbox SET tries = tries + 1, due_at = ? WHERE seq = ?";
    db.run(sql, vec![integer(due_at), integer(seq)])
}

/// When the oldest write is due, if there is one; the others wait for it.
pub(crate) fn next_due(db: &Db) -> Result<Option<u64>> {
    let sql = "SELECT due_at FROM outbox ORDER BY seq LIMIT 1";
    db.row(sql, vec![], |row| row.integer(0))
}

/// Ids of the environments whose pointer is waiting.
pub(crate) fn waiting_environments(db: &Db) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT environment FROM outbox WHERE target LIKE 'env/%'";
    db.rows(sql, vec![], |row| row.text(0))
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

/// What the stores have confirmed of an environment.
pub(crate) fn state(db: &Db, environment: &str) -> Result<StoresState> {
    let sql = "SELECT COUNT(*), COALESCE(SUM(archived), 0) FROM outbox WHERE environment = ?";
    let counted = db.row(sql, vec![text(environment)], |row| {
        let waiting = row.integer(0)?;
        Ok(StoresState {
            archive: row.integer(1)? == waiting,
            snapshots: waiting == 0,
            waiting,
        })
    })?;
    Ok(counted.unwrap_or_default())
}
