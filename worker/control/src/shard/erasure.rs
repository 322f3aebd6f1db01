//! Forgetting a subject: at once in the shard, and then in the files that the shard has written.

mod dead;
mod job;
mod line;

use std::collections::BTreeSet;

use pennon_api::{ErasureOrder, ErasureState, Kin, KinQuestion};
use worker::Result;

use super::books::Books;
use super::identity::bytes;
use super::subject::Subjects;
use super::{contribution, handover};
use crate::credential::hex;
use crate::store::{Db, integer, text};
pub(super) use job::run;
use line::Erased;

/// Rows of the log that are in memory at once.
const LOG_ROWS: u32 = 32;

/// Who the units of a question are here.
pub(super) fn kin(db: &Db, question: &KinQuestion) -> Result<Kin> {
    let Some(subjects) = subjects(db)? else {
        return Ok(Kin::default());
    };
    let asked = question
        .units
        .iter()
        .map(|(unit_type, unit_id)| hex(&subjects.of(unit_type, unit_id)));
    let mut kin = BTreeSet::new();
    let mut unseen: Vec<String> = asked.chain(question.subjects.iter().cloned()).collect();
    while let Some(subject) = unseen.pop() {
        let next = handover::kin(db, &bytes(&subject)?)?;
        if kin.insert(subject) {
            unseen.extend(next.iter().map(|subject| hex(subject)));
        }
    }
    Ok(Kin { subjects: kin })
}

/// Erases the subjects that are held here, and their lines that are not in a file yet.
///
/// An order that was carried out before changes nothing. Everything happens in one block; the
/// files are a job that the alarm goes on with.
pub(super) fn accept(
    db: &Db,
    books: &Books,
    order: &ErasureOrder,
    now: u64,
) -> Result<ErasureState> {
    if let Some(state) = state(db, &order.id)? {
        return Ok(state);
    }
    let Some(subjects) = subjects(db)? else {
        // Nothing was ever delivered here.
        return Ok(ErasureState {
            done: true,
            ..ErasureState::default()
        });
    };
    let written = written(&order.subjects);
    let erased = parse(&written)?;
    let mut found = 0_u64;
    for subject in &erased {
        // What is on its way to the subject is counted nowhere, so it leaves nothing behind.
        handover::forget(db, subject)?;
        found += u64::from(contribution::leave(db, books, subject)?);
    }
    let lines = clean_log(db, &subjects, &erased)?;
    db.run(
        "INSERT INTO erasure (id, subjects, requested_at, found, lines) VALUES (?, ?, ?, ?, ?)",
        vec![
            text(&order.id),
            text(&written),
            integer(now),
            integer(found),
            integer(lines),
        ],
    )?;
    Ok(ErasureState {
        subjects: found,
        lines,
        ..ErasureState::default()
    })
}

/// How far an erasure is; nothing when this shard holds something and has not heard of it.
pub(super) fn progress(db: &Db, id: &str) -> Result<Option<ErasureState>> {
    if let Some(state) = state(db, id)? {
        return Ok(Some(state));
    }
    Ok(subjects(db)?.is_none().then_some(ErasureState {
        done: true,
        ..ErasureState::default()
    }))
}

fn state(db: &Db, id: &str) -> Result<Option<ErasureState>> {
    db.row(
        "SELECT found, lines, files, done_at FROM erasure WHERE id = ?",
        vec![text(id)],
        |row| {
            Ok(ErasureState {
                subjects: row.integer(0)?,
                lines: row.integer(1)?,
                files: row.integer(2)?,
                done: row.optional_integer(3)?.is_some(),
            })
        },
    )
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

/// Who makes subjects of the units in a line; nothing before the first delivery.
fn subjects(db: &Db) -> Result<Option<Subjects>> {
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
