//! Units that are known under another id now: their state moves to that subject, in two steps.
//!
//! First the shard of the old id takes the state out of its cells, leaves a tombstone and keeps the
//! state in its outbox, all in one block; then it hands it to the shard of the new id, until that
//! has confirmed. Each handover is taken over once, whatever is repeated.

mod send;

use std::collections::BTreeMap;

use pennon_api::EventCopy;
use pennon_tally::Subject;
use worker::Result;

use super::books::Books;
use super::change::{self, Change};
use super::identity::bytes;
use super::subject::Subjects;
use crate::credential::hex;
use crate::store::{Db, blob, integer, text};
pub(super) use send::{Handover, Parcel, due, parcels, postpone, sent};

/// Another subject that is the same unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Successor {
    pub(super) subject: Vec<u8>,
    pub(super) hash: u32,
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
        "SELECT successor, successor_hash FROM tombstone WHERE subject = ?",
        vec![blob(subject)],
        |row| {
            Ok(Successor {
                subject: row.blob(0)?,
                hash: row.small(1)?,
            })
        },
    )
}

/// Drops what is on its way to a subject.
pub(super) fn forget(db: &Db, subject: &[u8]) -> Result<()> {
    db.run(
        "DELETE FROM handover WHERE subject = ?",
        vec![blob(subject)],
    )
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
    };
    // Whoever has moved stays moved: one id is one person, and the first telling says which.
    if old == new.subject || successor(db, &old)?.is_some() {
        return Ok(());
    }
    let state = change::find(db, &old)?;
    let mut change = Change::default();
    *change.subject(db, &old, (&copy.unit_type, copy.hash))? = Subject::default();
    change.write(db, books, stamp.now)?;
    db.run(
        "INSERT INTO tombstone (subject, hash, successor, successor_hash) VALUES (?, ?, ?, ?)",
        vec![
            blob(&old),
            integer(copy.hash),
            blob(&new.subject),
            integer(new.hash),
        ],
    )?;
    post(db, stamp, (&old, &copy.unit_type, ""), &new, &state)
}

/// Takes a state over, once; hands it on where the subject has moved meanwhile.
pub(super) fn arrive(db: &Db, books: &mut Books, handover: &Handover, stamp: Stamp) -> Result<()> {
    let taken = db.row(
        "INSERT INTO handover_taken (id, hash, taken_at) VALUES (?, ?, ?)
         ON CONFLICT DO NOTHING RETURNING 1",
        vec![
            text(&handover.id),
            integer(handover.hash),
            integer(stamp.now),
        ],
        |_| Ok(()),
    )?;
    if taken.is_none() {
        return Ok(());
    }
    for (hash, body) in &handover.definitions {
        books.learn(db, hash, body)?;
    }
    let subject = bytes(&handover.subject)?;
    if let Some(successor) = onward(db, handover, &subject)? {
        let place = (
            subject.as_slice(),
            handover.unit_type.as_str(),
            handover.path.as_str(),
        );
        return post(db, stamp, place, &successor, &handover.state);
    }
    for exposure in handover.state.exposures() {
        books.admit(db, exposure)?;
    }
    let mut change = Change::default();
    let held = change.subject(db, &subject, (&handover.unit_type, handover.hash))?;
    held.merge(handover.state.clone());
    change.write(db, books, stamp.now)
}

/// Where a state goes on to.
///
/// Ids that lead to each other in a circle are one person; the smallest subject of the circle is
/// the one that holds its state, so its tombstone goes.
fn onward(db: &Db, handover: &Handover, subject: &[u8]) -> Result<Option<Successor>> {
    let Some(successor) = successor(db, subject)? else {
        return Ok(None);
    };
    let name = hex(subject);
    let mut path = handover.path.split_whitespace();
    let circle = path.clone().skip_while(|passed| *passed != name);
    let is_smallest = circle.min().is_some_and(|smallest| smallest == name);
    if path.any(|passed| passed == name) && is_smallest {
        db.run(
            "DELETE FROM tombstone WHERE subject = ?",
            vec![blob(subject)],
        )?;
        return Ok(None);
    }
    Ok(Some(successor))
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
    let from = hex(from);
    db.run(
        "INSERT INTO handover (id, unit_type, subject, hash, state, path, due_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        vec![
            // A block sends at most one state away for each subject.
            text(&format!("{}.{}.{from}", stamp.shard, stamp.revision)),
            text(unit_type),
            blob(&to.subject),
            integer(to.hash),
            text(&serde_json::to_string(state)?),
            text(format!("{path} {from}").trim_start()),
            integer(stamp.now),
        ],
    )
}
