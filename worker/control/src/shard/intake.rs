//! Taking one delivery in: everything it changes, in one block, or nothing.

use pennon_api::{Delivery, DeliveryAnswer, EventCopy};
use worker::Result;

use super::cell::Tally;
use super::subject::Subjects;
use super::{exposure, identity, log, memory};
use crate::store::Db;

/// Commits what is new in a delivery and says which events that were.
///
/// There is no `await` in here, and there must be none: the block is one transaction.
pub(super) fn commit(db: &Db, delivery: &Delivery, now: u64) -> Result<DeliveryAnswer> {
    let now = now.max(delivery.received_at);
    db.transaction(|| {
        if !memory::is_new_batch(db, delivery, now)? {
            return Ok(DeliveryAnswer { fresh: Vec::new() });
        }
        let fresh = fresh_copies(db, delivery, now)?;
        let dropped = if delivery.dropped > 0 && memory::is_new_loss(db, delivery, now)? {
            delivery.dropped
        } else {
            0
        };
        if !fresh.is_empty() || dropped > 0 {
            let revision = identity::advance(db, delivery, dropped)?;
            log::append(db, delivery, &fresh, revision)?;
            count(db, delivery, &fresh)?;
        }
        let mut fresh: Vec<u32> = fresh.iter().map(|copy| copy.index).collect();
        fresh.dedup();
        Ok(DeliveryAnswer { fresh })
    })
}

fn fresh_copies<'a>(db: &Db, delivery: &'a Delivery, now: u64) -> Result<Vec<&'a EventCopy>> {
    let mut fresh = Vec::with_capacity(delivery.copies.len());
    for copy in &delivery.copies {
        if memory::is_new_event(db, copy, now)? {
            fresh.push(copy);
        }
    }
    Ok(fresh)
}

fn count(db: &Db, delivery: &Delivery, fresh: &[&EventCopy]) -> Result<()> {
    let subjects = Subjects::new(&identity::bytes(&delivery.pepper)?)?;
    let mut tally = Tally::default();
    for copy in fresh {
        if let Some(exposure) = &copy.exposure {
            let subject = subjects.of(&copy.unit_type, &copy.unit_id);
            exposure::record(db, &subject, copy, exposure, &mut tally)?;
        }
    }
    tally.write(db)
}
