//! What subjects that are no longer held stay counted with: rows that lead back to nobody.

use pennon_tally::Subject;
use worker::{Bucket, Error, Result};

use super::books::Books;
use super::change::{self, Change};
use crate::credential::random;
use crate::store::{Db, integer, text};

/// Forgets one subject and keeps what it is counted with; false when nothing was held.
pub(super) fn leave(db: &Db, books: &Books, subject: &[u8]) -> Result<bool> {
    let rows = change::erase(db, books, subject)?;
    if rows.is_empty() {
        return Ok(false);
    }
    let body = serde_json::json!({ "rows": rows }).to_string();
    db.run(
        "INSERT INTO contribution (body) VALUES (?)",
        vec![text(&body)],
    )?;
    Ok(true)
}

/// Counts a state of which it must not be known whose it is: as one of a subject that nobody has,
/// which is forgotten at once.
pub(super) fn count(
    db: &Db,
    books: &mut Books,
    place: (&str, u32),
    state: &Subject,
    now: u64,
) -> Result<()> {
    for exposure in state.exposures() {
        books.admit(db, exposure)?;
    }
    let nobody = random::<16>().map_err(|error| Error::RustError(format!("{error:?}")))?;
    let mut change = Change::default();
    change.subject(db, &nobody, place)?.merge(state.clone());
    change.write(db, books, now)?;
    leave(db, books, &nobody).map(drop)
}

/// Whether rows are not in the bucket yet.
pub(super) fn is_waiting(db: &Db) -> Result<bool> {
    let sql = "SELECT 1 FROM contribution WHERE is_exported = 0 LIMIT 1";
    Ok(db.row(sql, vec![], |_| Ok(()))?.is_some())
}

/// Writes every row to the bucket that is not there yet.
///
/// # Errors
///
/// Those of the bucket; what is not confirmed is written again the next time, under its name.
pub(super) async fn export(
    db: &Db,
    bucket: &Bucket,
    (environment, number): (&str, u32),
) -> Result<()> {
    let waiting = db.rows(
        "SELECT n, body FROM contribution WHERE is_exported = 0 ORDER BY n",
        vec![],
        |row| Ok((row.integer(0)?, row.text(1)?)),
    )?;
    for (n, body) in waiting {
        let name = format!("contrib/{environment}/{number}-{n:012}.json");
        let confirmed = bucket.put(&name, body).execute().await?;
        if confirmed.is_none() {
            return Err(Error::from(format!("the bucket did not take `{name}`")));
        }
        db.run(
            "UPDATE contribution SET is_exported = 1 WHERE n = ?",
            vec![integer(n)],
        )?;
    }
    Ok(())
}
