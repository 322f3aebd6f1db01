//! Going through the files of the raw log, a few at a time.

use worker::{Bucket, Error, Result};

use super::line::{self, Erased};
use super::{dead, makers, parse};
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
    /// Revision of the shard's newest line that may be about the subjects.
    revision: Option<u64>,
}

impl Job {
    /// Whether a file may have lines that are to go.
    fn concerns(&self, name: &str, number: u32) -> bool {
        let is_old = |first| self.revision.is_none_or(|revision| first <= revision);
        FileName::read(name).is_some_and(|(shard, first)| shard == number && is_old(first))
    }
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
        (next(db)?, makers(db)?, archive::owner(db)?)
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
    let mut reached = job.cursor.clone();
    for object in page.objects() {
        let name = object.key();
        if job.concerns(&name, number) {
            let changed = rewrite(bucket, &name, &subjects, &job.erased).await?;
            count(db, &job.id, changed)?;
        }
        if !move_cursor(db, &job.id, (&reached, &name))? {
            return Ok(());
        }
        reached = name;
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
        "UPDATE erasure SET done_at = ? WHERE id = ? AND cursor = ?",
        // An order that came again with more subjects begins anew.
        vec![integer(now), text(&job.id), text(&reached)],
    )
}

fn next(db: &Db) -> Result<Option<Job>> {
    db.row(
        "SELECT id, subjects, cursor, revision FROM erasure WHERE done_at IS NULL ORDER BY requested_at LIMIT 1",
        vec![],
        |row| {
            Ok(Job {
                id: row.text(0)?,
                erased: parse(&row.text(1)?)?,
                cursor: row.text(2)?,
                revision: row.optional_integer(3)?,
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

fn count(db: &Db, id: &str, changed: u64) -> Result<()> {
    db.run(
        "UPDATE erasure SET files = files + 1, lines = lines + ? WHERE id = ?",
        vec![integer(changed), text(id)],
    )
}

/// False when the order came again meanwhile, so that the files have to be gone through once more.
fn move_cursor(db: &Db, id: &str, (from, to): (&str, &str)) -> Result<bool> {
    let moved = db.row(
        "UPDATE erasure SET cursor = ? WHERE id = ? AND cursor = ? RETURNING 1",
        vec![text(to), text(id), text(from)],
        |_| Ok(()),
    )?;
    Ok(moved.is_some())
}
