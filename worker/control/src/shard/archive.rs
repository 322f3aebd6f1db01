//! From the shard's log to the files of the raw log in the bucket. The contract is
//! `docs/raw-log.md`.
//!
//! Which rows a file holds is written down before it is first written, and rows are deleted only
//! after the bucket has confirmed, so an attempt that is cut off anywhere is simply made again.

mod backlog;
mod definitions;
mod file;

use worker::{Bucket, Result};

use crate::gzip;
use crate::store::{Db, integer};
pub(super) use backlog::{Backlog, LOG_AGE_MS};
pub(super) use file::{FileName, folder, is_before};

/// Bytes of lines in one file. A single row may be larger, and is then a file of its own.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// A file that was planned.
struct Planned {
    first: u64,
    last: u64,
    hour: u64,
}

/// Writes everything that is in the log now, and says how many files that were.
///
/// # Errors
///
/// Those of the bucket; what is not confirmed stays in the log.
pub(super) async fn flush(db: &Db, bucket: &Bucket) -> Result<u64> {
    let Some((environment, number)) = owner(db)? else {
        return Ok(0);
    };
    plan(db)?;
    definitions::put(db, bucket, &environment).await?;
    let mut files = 0;
    for planned in planned(db)? {
        let name = FileName {
            hour: planned.hour,
            shard: number,
            first: planned.first,
        };
        let lines = lines(db, &planned)?;
        if !lines.is_empty() {
            let name = format!("{}{name}", folder(&environment));
            put(bucket, name, lines.as_bytes()).await?;
            files += 1;
        }
        forget(db, &planned)?;
    }
    Ok(files)
}

/// When the oldest row of the log was received, in epoch milliseconds; nothing when it is empty.
pub(super) fn oldest(db: &Db) -> Result<Option<u64>> {
    db.row(
        "SELECT received_at FROM log ORDER BY sequence LIMIT 1",
        vec![],
        |row| row.integer(0),
    )
}

/// Writes one file of the raw log.
pub(super) async fn put(bucket: &Bucket, name: String, lines: &[u8]) -> Result<()> {
    let bytes = gzip::compress(lines).await?;
    let confirmed = bucket.put(&name, bytes).execute().await?;
    confirmed
        .map(drop)
        .ok_or_else(|| format!("the bucket did not take `{name}`").into())
}

/// Environment and number of this shard; nothing before its first delivery.
pub(super) fn owner(db: &Db) -> Result<Option<(String, u32)>> {
    db.row("SELECT environment, number FROM shard", vec![], |row| {
        Ok((row.text(0)?, row.small(1)?))
    })
}

/// Cuts the rows that are in no file yet into files of one hour each.
pub(super) fn plan(db: &Db) -> Result<()> {
    db.transaction(|| {
        let waiting = db.rows(
            // The hour is a literal: a bound number is a double, and would divide like one.
            "SELECT sequence, hour, bytes
             FROM (SELECT sequence, received_at / 3600000 AS hour,
                          length(CAST(lines AS BLOB)) AS bytes FROM log) AS row
             WHERE NOT EXISTS (SELECT 1 FROM archive
                               WHERE row.sequence BETWEEN first AND last
                                 AND archive.hour = row.hour)
             ORDER BY hour, sequence",
            vec![],
            |row| Ok((row.integer(0)?, row.integer(1)?, row.integer(2)?)),
        )?;
        for planned in cut(&waiting) {
            db.run(
                "INSERT INTO archive (first, last, hour) VALUES (?, ?, ?)",
                vec![
                    integer(planned.first),
                    integer(planned.last),
                    integer(planned.hour),
                ],
            )?;
        }
        Ok(())
    })
}

/// Rows are (sequence, hour, bytes), by hour and then by sequence.
fn cut(rows: &[(u64, u64, u64)]) -> Vec<Planned> {
    let mut files: Vec<Planned> = Vec::new();
    let mut held_bytes = 0;
    for (sequence, hour, bytes) in rows.iter().copied() {
        match files.last_mut() {
            Some(file) if file.hour == hour && held_bytes + bytes <= MAX_FILE_BYTES => {
                file.last = sequence;
                held_bytes += bytes;
            }
            _ => {
                files.push(Planned {
                    first: sequence,
                    last: sequence,
                    hour,
                });
                held_bytes = bytes;
            }
        }
    }
    files
}

fn planned(db: &Db) -> Result<Vec<Planned>> {
    db.rows(
        "SELECT first, last, hour FROM archive ORDER BY first",
        vec![],
        |row| {
            Ok(Planned {
                first: row.integer(0)?,
                last: row.integer(1)?,
                hour: row.integer(2)?,
            })
        },
    )
}

/// All lines of a file, each with the end of its line.
fn lines(db: &Db, planned: &Planned) -> Result<String> {
    let rows = db.rows(
        "SELECT lines FROM log WHERE sequence BETWEEN ? AND ? AND received_at / 3600000 = ?
         ORDER BY sequence",
        vec![
            integer(planned.first),
            integer(planned.last),
            integer(planned.hour),
        ],
        |row| row.text(0),
    )?;
    Ok(rows
        .iter()
        .filter(|lines| !lines.is_empty())
        .flat_map(|lines| [lines.as_str(), "\n"])
        .collect())
}

fn forget(db: &Db, planned: &Planned) -> Result<()> {
    db.transaction(|| {
        db.run(
            "DELETE FROM log WHERE sequence BETWEEN ? AND ? AND received_at / 3600000 = ?",
            vec![
                integer(planned.first),
                integer(planned.last),
                integer(planned.hour),
            ],
        )?;
        db.run(
            "DELETE FROM archive WHERE first = ?",
            vec![integer(planned.first)],
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hold_one_hour_and_a_limited_number_of_bytes() {
        let half = MAX_FILE_BYTES / 2;
        let rows = [
            (4, 10, 100),
            (7, 10, half),
            (8, 10, half),
            (9, 10, 5),
            (5, 11, 1),
            (6, 12, 3 * MAX_FILE_BYTES),
            (10, 12, 1),
        ];
        let files: Vec<_> = cut(&rows)
            .iter()
            .map(|file| (file.hour, file.first, file.last))
            .collect();
        assert_eq!(
            files,
            [(10, 4, 7), (10, 8, 9), (11, 5, 5), (12, 6, 6), (12, 10, 10)]
        );
        assert!(cut(&[]).is_empty());
    }
}
