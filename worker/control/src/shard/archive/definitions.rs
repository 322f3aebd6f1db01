//! What events are counted by, beside the events.

use worker::{Bucket, Error, Result};

use crate::store::{Db, text};

/// Writes every body of definitions to the bucket that is not there yet: before the files whose
/// lines name it.
///
/// # Errors
///
/// Those of the bucket.
pub(super) async fn put(db: &Db, bucket: &Bucket, environment: &str) -> Result<()> {
    let waiting = db.rows(
        "SELECT hash, body FROM definitions WHERE archived = 0",
        vec![],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    for (hash, body) in waiting {
        let name = format!("defs/{environment}/{hash}.json");
        if bucket.put(&name, body).execute().await?.is_none() {
            return Err(Error::from(format!("the bucket did not take `{name}`")));
        }
        db.run(
            "UPDATE definitions SET archived = 1 WHERE hash = ?",
            vec![text(&hash)],
        )?;
    }
    Ok(())
}
