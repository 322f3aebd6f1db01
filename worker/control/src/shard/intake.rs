//! Taking one delivery in: everything it changes, in one block, or nothing.

use pennon_api::{Delivery, DeliveryAnswer, EventCopy, ExposureCopy};
use pennon_tally::{Event, Exposure};
use worker::Result;

use super::books::Books;
use super::change::Change;
use super::handover::{self, Forwards};
use super::subject::Subjects;
use super::{identity, log, memory, seen};
use crate::store::Db;

/// Commits what is new in a delivery and says which events that were.
///
/// There is no `await` in here, and there must be none: the block is one transaction.
pub(super) fn commit(
    db: &Db,
    books: &mut Books,
    delivery: &Delivery,
    now: u64,
) -> Result<DeliveryAnswer> {
    let now = now.max(delivery.received_at);
    if let Some(body) = &delivery.definitions_body {
        books.learn(db, &delivery.definitions, body)?;
    }
    if !memory::is_new_batch(db, delivery, now)? {
        return Ok(DeliveryAnswer { fresh: Vec::new() });
    }
    let fresh = seen::fresh(db, &delivery.copies, now)?;
    let dropped = if delivery.dropped > 0 && memory::is_new_loss(db, delivery, now)? {
        delivery.dropped
    } else {
        0
    };
    if !fresh.is_empty() || dropped > 0 {
        let revision = identity::advance(db, delivery.into(), (fresh.len(), dropped))?;
        log::append(db, delivery, &fresh, revision)?;
        count(db, books, delivery, (&fresh, revision, now))?;
    }
    let mut fresh: Vec<u32> = fresh.iter().map(|copy| copy.index).collect();
    fresh.dedup();
    Ok(DeliveryAnswer { fresh })
}

fn count(
    db: &Db,
    books: &mut Books,
    delivery: &Delivery,
    (fresh, revision, now): (&[&EventCopy], u64, u64),
) -> Result<()> {
    let subjects = Subjects::new(&identity::bytes(&delivery.pepper)?)?;
    let mut change = Change::default();
    let mut forwards = Forwards::default();
    for copy in fresh {
        let subject = subjects.of(&copy.unit_type, &copy.unit_id);
        if copy.exposure.is_none() && copy.track.is_none() {
            continue;
        }
        let place = (copy.unit_type.as_str(), copy.hash);
        let successor = if change.holds(&subject) {
            None
        } else {
            handover::successor(db, &subject)?
        };
        let state = match successor {
            Some(successor) => forwards.state(&subject, &copy.unit_type, successor),
            None => change.subject(db, &subject, place)?,
        };
        if let Some(exposure) = &copy.exposure {
            let exposure = met(exposure, copy.at);
            books.admit(db, &exposure)?;
            state.meet(exposure);
        }
        if let Some(track) = &copy.track
            && books.library.wants(&delivery.definitions, &track.name)
        {
            let event = Event::new(copy.at, random_part(&copy.id), track.value);
            state.record(&delivery.definitions, &track.name, event);
        }
    }
    change.write(db, books, now)?;
    let stamp = handover::Stamp {
        shard: delivery.shard,
        revision,
        now,
    };
    forwards.write(db, stamp)?;
    for copy in fresh {
        handover::depart(db, books, &subjects, copy, stamp)?;
    }
    Ok(())
}

fn met(copy: &ExposureCopy, at: u64) -> Exposure {
    let mut exposure = Exposure::new(&copy.flag, &copy.variant, at);
    exposure.epoch = copy.epoch;
    copy.stratum.clone_into(&mut exposure.stratum);
    exposure.revision = copy.revision;
    exposure.levels.clone_from(&copy.levels);
    exposure
}

/// The last 8 bytes of an id in hexadecimal digits, which are random.
fn random_part(id: &str) -> u64 {
    let digits = id.get(id.len().saturating_sub(16)..);
    let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    number.unwrap_or_default()
}
