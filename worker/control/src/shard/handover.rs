//! Units that are known under another id now: their state moves to that subject, in two steps.
//!
//! First the shard of the old id takes the state out of its cells, leaves a tombstone and keeps the
//! state in its outbox, all in one block; then it hands it to the shard of the new id, until that
//! has confirmed. Each handover is taken over once, whatever is repeated. It is the receiver who knows
//! whether it has one already, so an erasure marks what is on its way, and takes nothing back.

mod arrival;
mod path;
mod send;
mod targets;

use std::collections::BTreeMap;

use pennon_api::EventCopy;
use pennon_tally::Subject;
use worker::{Error, Result};

use super::books::Books;
use super::change::{self, Change};
use super::subject::Subjects;
use crate::credential::{hex, random};
use crate::store::{Db, blob, integer, text};
pub(super) use arrival::arrive;
pub(super) use path::{Shortcuts, shorten};
pub(super) use send::{
    Handover, SENT_AT_ONCE, due, due_for, is_waiting, postpone, read, refused, sent,
};
pub(super) use targets::Targets;

/// Another subject that is the same unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Successor {
    pub(super) subject: Vec<u8>,
    pub(super) hash: u32,
    /// The hash that found the shard of the id that has moved.
    pub(super) moved_hash: u32,
}

/// Which block of which shard does something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    pub(super) shard: u32,
    pub(super) revision: u64,
    /// Epoch milliseconds.
    pub(super) now: u64,
}

/// What came for subjects that have moved.
#[derive(Debug, Default)]
pub(super) struct Forwards(BTreeMap<Vec<u8>, (String, Successor, Subject)>);

impl Forwards {
    /// Where what comes for a subject is collected.
    pub(super) fn state(
        &mut self,
        subject: &[u8],
        unit_type: &str,
        successor: Successor,
    ) -> &mut Subject {
        let entry = self.0.entry(subject.to_owned());
        let place = (unit_type.to_owned(), successor, Subject::default());
        &mut entry.or_insert(place).2
    }

    /// Puts it into the outbox.
    pub(super) fn write(self, db: &Db, stamp: Stamp) -> Result<()> {
        for (subject, (unit_type, successor, state)) in self.0 {
            post(db, stamp, (&subject, &unit_type, ""), &successor, &state)?;
        }
        Ok(())
    }
}

/// Who a subject is now, when it has moved.
pub(super) fn successor(db: &Db, subject: &[u8]) -> Result<Option<Successor>> {
    db.row(
        "SELECT successor, successor_hash, hash FROM tombstone WHERE subject = ?",
        vec![blob(subject)],
        |row| {
            Ok(Successor {
                subject: row.blob(0)?,
                hash: row.small(1)?,
                moved_hash: row.small(2)?,
            })
        },
    )
}

/// Says of what is on its way to a subject that the subject is erased.
pub(super) fn disown(db: &Db, subject: &[u8], now: u64) -> Result<()> {
    db.run(
        "UPDATE handover SET erased = 1, path = '', due_at = ?, refusals = 0
         WHERE subject = ? AND erased = 0",
        vec![integer(now), blob(subject)],
    )
}

/// Whether something is on its way whose subject is erased by the erasure of this id.
pub(super) fn is_disowned_waiting(db: &Db, erasure: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM handover, erasure WHERE erased = 1 AND erasure.id = ?
                 AND instr(subjects, lower(hex(subject))) > 0 LIMIT 1";
    Ok(db.row(sql, vec![text(erasure)], |_| Ok(()))?.is_some())
}

/// Forgets which ids a subject had, and what it was before.
pub(super) fn part(db: &Db, subject: &[u8]) -> Result<()> {
    db.run(
        "DELETE FROM tombstone WHERE subject = ?1 OR successor = ?1",
        vec![blob(subject)],
    )
}

/// Whether ids of handovers are remembered.
pub(super) fn is_remembered(db: &Db) -> Result<bool> {
    let taken = db.row("SELECT 1 FROM handover_taken LIMIT 1", vec![], |_| Ok(()))?;
    Ok(taken.is_some())
}

/// Subjects that are the same unit, as far as this shard knows: next to the subject on either side.
pub(super) fn kin(db: &Db, subject: &[u8]) -> Result<Vec<Vec<u8>>> {
    db.rows(
        "SELECT successor FROM tombstone WHERE subject = ?1
         UNION SELECT subject FROM tombstone WHERE successor = ?1",
        vec![blob(subject)],
        |row| row.blob(0),
    )
}

/// Sends the state of the old id away, when the copy says that the unit has a new one.
pub(super) fn depart(
    db: &Db,
    books: &Books,
    subjects: &Subjects,
    copy: &EventCopy,
    stamp: Stamp,
) -> Result<()> {
    let Some(merge) = &copy.merge else {
        return Ok(());
    };
    let old = subjects.of(&copy.unit_type, &copy.unit_id);
    let new = Successor {
        subject: subjects.of(&copy.unit_type, &merge.into),
        hash: merge.hash,
        moved_hash: copy.hash,
    };
    // Whoever has moved stays moved: one id is one person, and the first telling says which.
    if old == new.subject || successor(db, &old)?.is_some() {
        return Ok(());
    }
    let state = change::find(db, &old)?.unwrap_or_default();
    let mut change = Change::default();
    *change.subject(db, &old, (&copy.unit_type, copy.hash))? = Subject::default();
    change.write(db, books, stamp.now)?;
    // Who has led to the old id leads to the new one at once.
    let new_place = || vec![blob(&new.subject), integer(new.hash), blob(&old)];
    db.run(
        "UPDATE tombstone SET successor = ?1, successor_hash = ?2
         WHERE successor = ?3 AND subject <> ?1",
        new_place(),
    )?;
    let mut row = new_place();
    row.push(integer(copy.hash));
    db.run(
        "INSERT INTO tombstone (successor, successor_hash, subject, hash) VALUES (?, ?, ?, ?)",
        row,
    )?;
    post(db, stamp, (&old, &copy.unit_type, ""), &new, &state)
}

/// Puts a state into the outbox, unless there is nothing in it.
fn post(
    db: &Db,
    stamp: Stamp,
    (from, unit_type, path): (&[u8], &str, &str),
    to: &Successor,
    state: &Subject,
) -> Result<()> {
    if state.is_empty() {
        return Ok(());
    }
    // What is remembered of it longer than the person must not name them.
    let chance = random::<8>().map_err(|error| Error::RustError(format!("{error:?}")))?;
    let id = format!("{}.{}.{}", stamp.shard, stamp.revision, hex(&chance));
    db.run(
        "INSERT INTO handover (id, unit_type, subject, hash, state, path, due_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        vec![
            text(&id),
            text(unit_type),
            blob(&to.subject),
            integer(to.hash),
            text(&serde_json::to_string(state)?),
            text(&path::with(path, &hex(from), to.moved_hash)),
            integer(stamp.now),
        ],
    )
}
