//! Going through the files of the raw log, a few at a time.

use worker::{Bucket, Error, Result};

use super::line::{self, Erased};
use super::{dead, makers, parse};
use crate::gzip;
use crate::log;
use crate::shard::archive::{self, FileName, folder};
use crate::shard::contribution;
use crate::shard::subject::Subjects;
use crate::store::{Db, integer, text};

/// Names that one look at the bucket's list brings.
const LISTED: u32 = 200;
/// Names of files in the state of one erasure.
const MAX_UNREADABLE: u32 = 10;

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

/// Goes on with the erasure whose turn it is for one page of the bucket's list.
///
/// A file that cannot be read is named in the erasure's state, and left as it is. Where it is cut
/// off it goes on; a file that was rewritten already has nothing left to remove.
///
/// # Errors
///
/// Those of the bucket; the next call goes on with another erasure.
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
            let outcome = rewrite(bucket, &name, &subjects, &job.erased).await?;
            count(db, &job.id, outcome.unwrap_or(0))?;
            if outcome.is_none() {
                note(db, &job.id, &name)?;
            }
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
        for name in dead::clean(bucket, &environment, &subjects, &job.erased).await? {
            note(db, &job.id, &name)?;
        }
    }
    contribution::export(db, bucket, (&environment, number)).await?;
    db.run(
        "UPDATE erasure SET done_at = ? WHERE id = ? AND cursor = ?",
        // An order that came again with more subjects begins anew.
        vec![integer(now), text(&job.id), text(&reached)],
    )
}

/// The erasure whose turn it is. Its turn is over at once, whatever comes of it.
fn next(db: &Db) -> Result<Option<Job>> {
    db.row(
        "UPDATE erasure SET turn = (SELECT MAX(turn) + 1 FROM erasure)
         WHERE id = (SELECT id FROM erasure WHERE done_at IS NULL
                     ORDER BY turn, requested_at, id LIMIT 1)
         RETURNING id, subjects, cursor, revision",
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

/// Writes a file anew without the erased subjects, if it has any; says how many lines changed, or
/// nothing when the file cannot be read.
async fn rewrite(
    bucket: &Bucket,
    name: &str,
    subjects: &Subjects,
    erased: &Erased,
) -> Result<Option<u64>> {
    let Some(object) = bucket.get(name).execute().await? else {
        return Ok(Some(0));
    };
    let body = object
        .body()
        .ok_or_else(|| Error::from(format!("`{name}` has no content")))?;
    let bytes = body.bytes().await?;
    let Some(lines) = read(&bytes).await else {
        return Ok(None);
    };
    let (left, changed) = line::without(&lines, subjects, erased);
    if changed > 0 && left.is_empty() {
        bucket.delete(name).await?;
    } else if changed > 0 {
        archive::put(bucket, name.to_owned(), left.as_bytes()).await?;
    }
    Ok(Some(changed))
}

/// The lines of a file; nothing when it is not gzip, is cut off, or is no text.
async fn read(bytes: &[u8]) -> Option<String> {
    let lines = gzip::decompress(bytes).await.ok()?;
    String::from_utf8(lines).ok()
}

/// Names a file that cannot be read; the log names those too for which the state has no room.
fn note(db: &Db, id: &str, name: &str) -> Result<()> {
    let message = format!("`{name}` cannot be read, so nobody is erased from it");
    log::object_failed("", "shard", &message);
    db.run(
        "UPDATE erasure SET unreadable = json_insert(unreadable, '$[#]', ?1)
         WHERE id = ?2 AND json_array_length(unreadable) < ?3
           AND NOT EXISTS (SELECT 1 FROM json_each(unreadable) WHERE value = ?1)",
        vec![text(name), text(id), integer(MAX_UNREADABLE)],
    )
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
