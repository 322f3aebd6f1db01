//! Going through the files of the raw log, a few at a time.

use worker::{Bucket, Error, Result};

use super::line::{self, Erased};
use super::{dead, parse, subjects};
use crate::gzip;
use crate::shard::archive::{self, FileName, folder};
use crate::shard::contribution;
use crate::shard::subject::Subjects;
use crate::store::{Db, integer, text};

/// Names that one look at the bucket's list brings.
const LISTED: u32 = 200;

/// An erasure whose files are not done.
struct Job {
    id: String,
    erased: Erased,
    cursor: String,
}

/// Goes on with the oldest erasure for one page of the bucket's list.
///
/// Where it is cut off it goes on; a file that was rewritten already has nothing left to remove.
///
/// # Errors
///
/// Those of the bucket.
pub(in crate::shard) async fn run(db: &Db, bucket: &Bucket, now: u64) -> Result<()> {
    let (Some(job), Some(subjects), Some((environment, number))) =
        (next(db)?, subjects(db)?, archive::owner(db)?)
    else {
        return Ok(());
    };
    let folder = folder(&environment);
    let list = bucket.list().prefix(&folder).limit(LISTED);
    let list = match job.cursor.as_str() {
        "" => list,
        cursor => list.start_after(cursor),
    };
    let page = list.execute().await?;
    for object in page.objects() {
        let name = object.key();
        if FileName::shard_of(&name) == Some(number) {
            let changed = rewrite(bucket, &name, &subjects, &job.erased).await?;
            advance(db, &job.id, &name, changed)?;
        } else {
            move_cursor(db, &job.id, &name)?;
        }
    }
    if page.truncated() {
        return Ok(());
    }
    // Dead letters belong to no shard; the first one looks after them.
    if number == 0 {
        dead::clean(bucket, &environment, &subjects, &job.erased).await?;
    }
    contribution::export(db, bucket, (&environment, number)).await?;
    db.run(
        "UPDATE erasure SET done_at = ?, subjects = '' WHERE id = ?",
        vec![integer(now), text(&job.id)],
    )
}

fn next(db: &Db) -> Result<Option<Job>> {
    db.row(
        "SELECT id, subjects, cursor FROM erasure WHERE done_at IS NULL ORDER BY requested_at LIMIT 1",
        vec![],
        |row| {
            Ok(Job {
                id: row.text(0)?,
                erased: parse(&row.text(1)?)?,
                cursor: row.text(2)?,
            })
        },
    )
}

/// Writes a file anew without the erased subjects, if it has any; says how many lines changed.
async fn rewrite(bucket: &Bucket, name: &str, subjects: &Subjects, erased: &Erased) -> Result<u64> {
    let Some(object) = bucket.get(name).execute().await? else {
        return Ok(0);
    };
    let body = object
        .body()
        .ok_or_else(|| Error::from(format!("`{name}` has no content")))?;
    let lines = gzip::decompress(&body.bytes().await?).await?;
    let lines = String::from_utf8(lines).map_err(|error| Error::from(error.to_string()))?;
    let (left, changed) = line::without(&lines, subjects, erased);
    if changed > 0 && left.is_empty() {
        bucket.delete(name).await?;
    } else if changed > 0 {
        archive::put(bucket, name.to_owned(), left.as_bytes()).await?;
    }
    Ok(changed)
}

fn advance(db: &Db, id: &str, name: &str, changed: u64) -> Result<()> {
    db.run(
        "UPDATE erasure SET cursor = ?, files = files + 1, lines = lines + ? WHERE id = ?",
        vec![text(name), integer(changed), text(id)],
    )
}

fn move_cursor(db: &Db, id: &str, name: &str) -> Result<()> {
    db.run(
        "UPDATE erasure SET cursor = ? WHERE id = ?",
        vec![text(name), text(id)],
    )
}
