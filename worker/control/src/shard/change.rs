//! How a block changes what subjects contribute.
//!
//! A subject whose state cannot be read or written is put aside: it stays as it was, what came for
//! it stays uncounted, and the block goes on for everybody else. The raw log has all of it.

use std::collections::BTreeMap;

use pennon_tally::{Cells, Subject, contribution};
use worker::Result;

use super::books::Books;
use super::cell;
use crate::log;
use crate::store::{Db, blob, integer, text};

/// The longest state that is written; a row holds 2 MB.
const MAX_STATE_BYTES: usize = 1_900_000;

/// Subjects that a block has looked at, before and after.
#[derive(Debug, Default)]
pub(super) struct Change(BTreeMap<Vec<u8>, Touched>);

#[derive(Debug)]
struct Touched {
    unit_type: String,
    hash: u32,
    before: Subject,
    after: Subject,
    is_readable: bool,
}

impl Change {
    /// Whether the block has looked at a subject.
    pub(super) fn holds(&self, subject: &[u8]) -> bool {
        self.0.contains_key(subject)
    }

    /// The subject, to be changed.
    pub(super) fn subject(
        &mut self,
        db: &Db,
        subject: &[u8],
        (unit_type, hash): (&str, u32),
    ) -> Result<&mut Subject> {
        if !self.0.contains_key(subject) {
            let found = find(db, subject)?;
            let before = found.clone().unwrap_or_default();
            let touched = Touched {
                unit_type: unit_type.to_owned(),
                hash,
                after: before.clone(),
                before,
                is_readable: found.is_some(),
            };
            self.0.insert(subject.to_owned(), touched);
        }
        let touched = self.0.get_mut(subject).map(|touched| &mut touched.after);
        touched.ok_or_else(|| worker::Error::from("a subject is not there"))
    }

    /// Writes the subjects that differ, and adds to the cells how their contributions differ.
    pub(super) fn write(self, db: &Db, books: &Books, now: u64) -> Result<()> {
        let mut cells = Cells::default();
        let mut aside = 0_u64;
        for (subject, mut touched) in self.0 {
            touched.after.trim(&books.library, now);
            if touched.after == touched.before {
                continue;
            }
            let state = serde_json::to_string(&touched.after)?;
            if !touched.is_readable || state.len() > MAX_STATE_BYTES {
                aside += 1;
                continue;
            }
            let of = |state| contribution(state, &touched.unit_type, &books.library, &books.levels);
            cells.take_all(of(&touched.before));
            cells.add_all(of(&touched.after));
            if touched.after.is_empty() {
                delete(db, &subject)?;
            } else {
                store(db, &subject, &touched, (&state, now))?;
            }
        }
        if aside > 0 {
            log::object_failed("", "shard", &format!("{aside} subjects are put aside"));
            db.run("UPDATE shard SET aside = aside + ?", vec![integer(aside)])?;
        }
        cell::add(db, &cells)
    }
}

/// What is known of a subject; absent when what is written cannot be read.
pub(super) fn find(db: &Db, subject: &[u8]) -> Result<Option<Subject>> {
    let found = db.row(
        "SELECT state FROM subject WHERE subject = ?",
        vec![blob(subject)],
        |row| row.text(0),
    )?;
    Ok(match found {
        Some(state) => serde_json::from_str(&state).ok(),
        None => Some(Subject::default()),
    })
}

/// Deletes what is held of a subject, and says in which cells it stays counted.
pub(super) fn erase(db: &Db, books: &Books, subject: &[u8]) -> Result<Vec<pennon_tally::Row>> {
    let unit_type = db.row(
        "SELECT unit_type FROM subject WHERE subject = ?",
        vec![blob(subject)],
        |row| row.text(0),
    )?;
    let Some(unit_type) = unit_type else {
        return Ok(Vec::new());
    };
    let state = find(db, subject)?.unwrap_or_default();
    delete(db, subject)?;
    Ok(contribution(&state, &unit_type, &books.library, &books.levels).to_rows())
}

/// A phone may tell after days what happened: it was heard of now, and that is what expires.
fn store(db: &Db, subject: &[u8], touched: &Touched, (state, now): (&str, u64)) -> Result<()> {
    db.run(
        "INSERT INTO subject (subject, unit_type, hash, seen_at, state) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET unit_type = excluded.unit_type, hash = excluded.hash,
           seen_at = MAX(seen_at, excluded.seen_at), state = excluded.state",
        vec![
            blob(subject),
            text(&touched.unit_type),
            integer(touched.hash),
            integer(now.max(touched.after.latest())),
            text(state),
        ],
    )
}

fn delete(db: &Db, subject: &[u8]) -> Result<()> {
    db.run("DELETE FROM subject WHERE subject = ?", vec![blob(subject)])
}
