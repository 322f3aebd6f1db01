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
pub(super) fn commit(db: &Db, delivery: &Delivery) -> Result<DeliveryAnswer> {
    db.transaction(|| {
        let is_repeated = memory::knows_batch(db, delivery)?;
        if !memory::is_new_batch(db, delivery)? {
            return Ok(DeliveryAnswer { fresh: Vec::new() });
        }
        let fresh = fresh_copies(db, delivery)?;
        let dropped = if is_repeated { 0 } else { delivery.dropped };
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

fn fresh_copies<'a>(db: &Db, delivery: &'a Delivery) -> Result<Vec<&'a EventCopy>> {
    let mut fresh = Vec::with_capacity(delivery.copies.len());
    for copy in &delivery.copies {
        if memory::is_new_event(db, copy, delivery.received_at)? {
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
