//! Bytes of the newest revisions.

use worker::Result;

use super::{Db, blob, integer, text};

/// How many revisions of an environment keep their bytes here; older ones are in the bucket only.
const KEPT_REVISIONS: u64 = 20;

/// The bytes stored under a name such as `snap/<sha256>`.
pub(crate) fn get(db: &Db, target: &str) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT body FROM content WHERE target = ?";
    db.row(sql, vec![text(target)], |row| row.blob(0))
}

/// Stores bytes of a revision; equal content of a newer revision moves up to that revision.
pub(crate) fn put(
    db: &Db,
    target: &str,
    environment: &str,
    revision: u64,
    body: &[u8],
) -> Result<()> {
    let sql = "INSERT INTO content (target, environment, revision, body) VALUES (?, ?, ?, ?)
        ON CONFLICT (target) DO UPDATE SET environment = excluded.environment, revision = excluded.revision";
    let bindings = vec![
        text(target),
        text(environment),
        integer(revision),
        blob(body),
    ];
    db.run(sql, bindings)
}

/// Forgets the bytes of old revisions.
pub(crate) fn trim(db: &Db, environment: &str, newest: u64) -> Result<()> {
    let sql = "DELETE FROM content WHERE environment = ? AND revision <= ?";
    let oldest = newest.saturating_sub(KEPT_REVISIONS);
    db.run(sql, vec![text(environment), integer(oldest)])
}
