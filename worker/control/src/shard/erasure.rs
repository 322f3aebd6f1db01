//! Forgetting a subject: at once in the shard, and then in the files that the shard has written.

mod dead;
mod job;
mod line;

use std::collections::BTreeSet;

use pennon_api::{ErasureOrder, ErasureState, ErasureStep};
use worker::Result;

use super::books::Books;
use super::identity::{self, bytes};
use super::subject::Subjects;
use super::{archive, contribution, handover};
use crate::credential::hex;
use crate::store::{Db, integer, text};
pub(super) use job::run;
use line::Erased;

/// Rows of the log that are in memory at once.
const LOG_ROWS: u32 = 32;
/// How long subjects are kept where nobody says that all shards are done: as long as the ids of
/// handovers, after which nothing can come late any more.
const SUBJECTS_MS: u64 = 8 * 24 * 60 * 60 * 1000;

/// Erases the subjects that are held here, with all that are known here to be the same units, and
/// their lines that are not in a file yet.
///
/// An order may come again with more subjects, as other shards find them; those that were erased
/// before are left alone. Everything happens in one block; the files are a job that the alarm goes
/// on with.
pub(super) fn accept(
    db: &Db,
    books: &Books,
    order: &ErasureOrder,
    now: u64,
) -> Result<ErasureStep> {
    if archive::owner(db)?.is_none() {
        // Nothing was ever delivered here, but something may be on its way.
        identity::advance(db, order.into(), (0, 0))?;
    }
    let kin = kin(db, &order.subjects)?;
    let taken = taken(db, &order.id)?;
    let is_over = taken.as_ref().is_some_and(BTreeSet::is_empty) && !order.subjects.is_empty();
    let known = taken.unwrap_or_default();
    let new: BTreeSet<String> = kin.difference(&known).cloned().collect();
    // With those of earlier attempts, whose answer may be lost: who they were is forgotten here.
    let all: BTreeSet<String> = kin.union(&known).cloned().collect();
    if !is_over && !new.is_empty() {
        let (found, lines) = forget(db, books, &new, now)?;
        write(db, &order.id, &written(&all), (found, lines, now))?;
    }
    Ok(ErasureStep {
        subjects: all,
        state: progress(db, &order.id)?,
    })
}

/// How far an erasure is. A shard that has not heard of it has nothing to do: whoever asks knows
/// which shards have taken it.
pub(super) fn progress(db: &Db, id: &str) -> Result<ErasureState> {
    // What is on its way to another shard, and what is not in the bucket, would be missed.
    let is_settled = !handover::is_disowned_waiting(db, id)? && !contribution::is_waiting(db)?;
    let state = db.row(
        "SELECT found, lines, files, done_at, unreadable FROM erasure WHERE id = ?",
        vec![text(id)],
        |row| {
            Ok(ErasureState {
                subjects: row.integer(0)?,
                lines: row.integer(1)?,
                files: row.integer(2)?,
                unreadable: row.json(4)?,
                done: row.optional_integer(3)?.is_some() && is_settled,
            })
        },
    )?;
    Ok(state.unwrap_or(ErasureState {
        done: is_settled,
        ..ErasureState::default()
    }))
}

/// Forgets who it was, once every shard is done; until then the state says that it is not.
pub(super) fn close(db: &Db, id: &str) -> Result<ErasureState> {
    let state = progress(db, id)?;
    if state.done {
        db.run(
            "UPDATE erasure SET subjects = '' WHERE id = ?",
            vec![text(id)],
        )?;
    }
    Ok(state)
}

/// Forgets who it was where nobody said that all shards are done.
pub(super) fn forget_old(db: &Db, now: u64) -> Result<()> {
    db.run(
        "UPDATE erasure SET subjects = '' WHERE subjects <> '' AND done_at < ?",
        vec![integer(now.saturating_sub(SUBJECTS_MS))],
    )
}

/// Whether a subject, in hexadecimal digits, belongs to somebody whose erasure is under way.
pub(super) fn is_being_erased(db: &Db, subject: &str) -> Result<bool> {
    let open = db.row(
        "SELECT 1 FROM erasure WHERE subjects <> '' AND instr(subjects, ?) > 0 LIMIT 1",
        vec![text(subject)],
        |_| Ok(()),
    )?;
    Ok(open.is_some())
}

/// Whether files are still to be looked at.
pub(super) fn is_waiting(db: &Db) -> Result<bool> {
    let waiting = db.row(
        "SELECT 1 FROM erasure WHERE done_at IS NULL LIMIT 1",
        vec![],
        |_| Ok(()),
    )?;
    Ok(waiting.is_some())
}

/// The subjects, and all that are the same units as far as this shard knows.
fn kin(db: &Db, subjects: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let mut kin = BTreeSet::new();
    let mut unseen: Vec<String> = subjects.iter().cloned().collect();
    while let Some(subject) = unseen.pop() {
        let next = handover::kin(db, &bytes(&subject)?)?;
        if kin.insert(subject) {
            unseen.extend(next.iter().map(|subject| hex(subject)));
        }
    }
    Ok(kin)
}

/// Subjects that an order has erased already; nothing before it first came, and none when it is over.
fn taken(db: &Db, id: &str) -> Result<Option<BTreeSet<String>>> {
    db.row(
        "SELECT subjects FROM erasure WHERE id = ?",
        vec![text(id)],
        |row| {
            let subjects = row.text(0)?;
            Ok(subjects.split_whitespace().map(str::to_owned).collect())
        },
    )
}

/// Says how many subjects were held, and how many lines were changed.
fn forget(db: &Db, books: &Books, subjects: &BTreeSet<String>, now: u64) -> Result<(u64, u64)> {
    let mut erased = Erased::new();
    let mut found = 0_u64;
    for subject in subjects {
        let subject = bytes(subject)?;
        found += u64::from(contribution::leave(db, books, &subject)?);
        handover::disown(db, &subject, now)?;
        handover::part(db, &subject)?;
        erased.insert(subject);
    }
    let lines = match makers(db)? {
        Some(makers) => clean_log(db, &makers, &erased)?,
        None => 0,
    };
    // No file has both what was logged before and what is logged from here on.
    archive::plan(db)?;
    Ok((found, lines))
}

fn write(db: &Db, id: &str, subjects: &str, (found, lines, now): (u64, u64, u64)) -> Result<()> {
    db.run(
        "INSERT INTO erasure (id, subjects, requested_at, found, lines, revision)
         SELECT ?, ?, ?, ?, ?, revision FROM shard WHERE true
         ON CONFLICT DO UPDATE SET subjects = excluded.subjects, cursor = '', done_at = NULL,
           unreadable = '[]', found = found + excluded.found, lines = lines + excluded.lines,
           revision = excluded.revision",
        vec![
            text(id),
            text(subjects),
            integer(now),
            integer(found),
            integer(lines),
        ],
    )
}

/// Who makes subjects of the units in a line; nothing before the first delivery.
fn makers(db: &Db) -> Result<Option<Subjects>> {
    let pepper = db.row("SELECT pepper FROM shard", vec![], |row| row.blob(0))?;
    pepper.map(|pepper| Subjects::new(&pepper)).transpose()
}

/// Subjects as the table holds them.
fn written(subjects: &BTreeSet<String>) -> String {
    let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
    subjects.join(" ")
}

fn parse(written: &str) -> Result<Erased> {
    written.split_whitespace().map(bytes).collect()
}

/// Goes through the log a few rows at a time: while the bucket is down, it may be long.
fn clean_log(db: &Db, subjects: &Subjects, erased: &Erased) -> Result<u64> {
    let mut total = 0;
    let mut after = 0;
    loop {
        let rows = db.rows(
            "SELECT sequence, lines FROM log WHERE sequence > ? ORDER BY sequence LIMIT ?",
            vec![integer(after), integer(LOG_ROWS)],
            |row| Ok((row.integer(0)?, row.text(1)?)),
        )?;
        if rows.is_empty() {
            return Ok(total);
        }
        for (sequence, lines) in rows {
            let (left, changed) = line::without(&lines, subjects, erased);
            if changed > 0 {
                db.run(
                    "UPDATE log SET lines = ? WHERE sequence = ?",
                    vec![text(left.trim_end()), integer(sequence)],
                )?;
            }
            total += changed;
            after = sequence;
        }
    }
}
