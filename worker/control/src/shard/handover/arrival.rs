//! What becomes of a state that another shard has sent.

use worker::Result;

use super::{Handover, Shortcuts, Stamp, Successor, path, post, successor};
use crate::credential::hex;
use crate::log;
use crate::shard::books::Books;
use crate::shard::change::Change;
use crate::shard::identity::{bytes, group};
use crate::shard::{contribution, erasure};
use crate::store::{Db, blob, integer, text};

/// Takes a state over, once; hands it on where the subject has moved meanwhile, and counts it
/// without a name where the subject is erased. Says who may be told a shorter way.
pub(in crate::shard) fn arrive(
    db: &Db,
    books: &mut Books,
    handover: &Handover,
    stamp: Stamp,
) -> Result<Vec<Shortcuts>> {
    if !is_new(db, handover, stamp.now)? {
        return Ok(Vec::new());
    }
    for (hash, body) in &handover.definitions {
        books.learn(db, hash, body)?;
    }
    let place = (handover.unit_type.as_str(), handover.hash);
    if handover.erased || erasure::is_being_erased(db, &handover.subject)? {
        contribution::count(db, books, place, &handover.state, stamp.now)?;
        return Ok(Vec::new());
    }
    let subject = bytes(&handover.subject)?;
    if let Some(successor) = onward(db, handover, &subject)? {
        let place = (
            subject.as_slice(),
            handover.unit_type.as_str(),
            handover.path.as_str(),
        );
        post(db, stamp, place, &successor, &handover.state)?;
        return Ok(Vec::new());
    }
    for exposure in handover.state.exposures() {
        books.admit(db, exposure)?;
    }
    let mut change = Change::default();
    let held = change.subject(db, &subject, place)?;
    held.merge(handover.state.clone());
    change.write(db, books, stamp.now)?;
    Ok(path::shortcuts(handover))
}

/// Remembers a handover; false when it was here before.
fn is_new(db: &Db, handover: &Handover, now: u64) -> Result<bool> {
    let taken = db.row(
        "INSERT INTO handover_taken (id, hash, taken_at) VALUES (?, ?, ?)
         ON CONFLICT DO NOTHING RETURNING 1",
        vec![
            text(&handover.id),
            integer(group(handover.hash)),
            integer(now),
        ],
        |_| Ok(()),
    )?;
    Ok(taken.is_some())
}

/// Where a state goes on to.
///
/// Ids that lead to each other in a circle are one person; the smallest subject of the circle is
/// the one that holds its state, so its tombstone goes. A path that is too long ends here likewise:
/// nobody has that many ids.
fn onward(db: &Db, handover: &Handover, subject: &[u8]) -> Result<Option<Successor>> {
    let Some(successor) = successor(db, subject)? else {
        return Ok(None);
    };
    let name = hex(subject);
    let mut passed = path::subjects(&handover.path);
    let circle = passed.clone().skip_while(|passed| *passed != name);
    let is_smallest = circle.min().is_some_and(|smallest| smallest == name);
    let is_too_long = passed.clone().count() >= path::MAX_PATH;
    if is_too_long {
        let message = format!(
            "a unit has had more than {} ids: what leads on from one of them is forgotten",
            path::MAX_PATH
        );
        log::object_failed("", "shard", &message);
    }
    if is_too_long || passed.any(|passed| passed == name) && is_smallest {
        db.run(
            "DELETE FROM tombstone WHERE subject = ?",
            vec![blob(subject)],
        )?;
        return Ok(None);
    }
    Ok(Some(successor))
}
