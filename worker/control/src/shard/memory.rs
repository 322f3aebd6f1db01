//! Which batches and events have been here already.

use std::borrow::Cow;
use std::collections::BTreeSet;

use pennon_api::{Delivery, EventCopy, loss_hash};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use worker::Result;

use super::identity::{bytes, group};
use crate::store::{Db, blob, integer, text};

/// Eight days: a day more than clients keep what they have not sent.
const MEMORY_MS: u64 = 8 * 24 * 60 * 60 * 1000;
/// Under what the count of given-up events is remembered.
const LOSS: &str = "dropped:";
/// Bytes of a batch's digest.
const DIGEST_BYTES: usize = 8;

/// Remembers a batch; false when exactly these copies came with it before.
///
/// A batch that comes with other copies, because its first attempt was cut differently, is looked
/// at event by event.
///
/// A delivery may have waited in the overflow queue: its ids are held for 8 days from `now`.
pub(super) fn is_new_batch(db: &Db, delivery: &Delivery, now: u64) -> Result<bool> {
    let written = db.row(
        "INSERT INTO batch (id, digest, received_at) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET digest = excluded.digest, received_at = excluded.received_at
         WHERE digest <> excluded.digest
         RETURNING 1",
        vec![
            blob(&bytes(&delivery.batch)?),
            blob(&digest(&delivery.copies)),
            integer(now),
        ],
        |_| Ok(()),
    )?;
    Ok(written.is_some())
}

/// Whether what a client says it gave up is counted for the first time.
///
/// A batch that waited in the overflow queue comes in pieces, in any order, and only one of them
/// says it: so it is remembered on its own, under a unit type that no unit can have, and with a hash
/// by which it moves when the shards are doubled.
pub(super) fn is_new_loss(db: &Db, delivery: &Delivery, now: u64) -> Result<bool> {
    let written = db.row(
        "INSERT INTO event (id, unit_type, received_at, hash) VALUES (?, ?, ?, ?)
         ON CONFLICT DO NOTHING RETURNING 1",
        vec![
            blob(&bytes(&delivery.batch)?),
            text(LOSS),
            integer(now),
            integer(group(loss_hash(&delivery.batch))),
        ],
        |_| Ok(()),
    )?;
    Ok(written.is_some())
}

/// Remembers the copies of a delivery, and says which of them were not here before.
///
/// One statement for all of them: in a batch of many events, most of the time goes into statements.
pub(super) fn fresh<'a>(db: &Db, copies: &'a [EventCopy], now: u64) -> Result<Vec<&'a EventCopy>> {
    let mut told = Vec::with_capacity(copies.len());
    for copy in copies {
        // What is no id would become NULL, and the whole statement fail without a reason.
        bytes(&copy.id)?;
        told.push(json!([copy.id, unit_type(copy), group(copy.hash)]));
    }
    let new = db.rows(
        "INSERT INTO event (id, unit_type, received_at, hash)
         SELECT unhex(value ->> 0), value ->> 1, ?2, value ->> 2 FROM json_each(?1) WHERE true
         ON CONFLICT DO NOTHING RETURNING lower(hex(id)), unit_type",
        vec![text(&Value::from(told).to_string()), integer(now)],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    let mut new: BTreeSet<(String, String)> = new.into_iter().collect();
    let is_new = |copy: &&EventCopy| {
        let place = (copy.id.to_lowercase(), unit_type(copy).into_owned());
        new.remove(&place)
    };
    Ok(copies.iter().filter(is_new).collect())
}

/// An `identify` event may come for the old and for the new id of one type: those are two.
fn unit_type(copy: &EventCopy) -> Cow<'_, str> {
    match copy.merge {
        Some(_) => Cow::from(format!("previous:{}", copy.unit_type)),
        None => Cow::from(&copy.unit_type),
    }
}

/// Forgets what is older than any client would send again.
pub(super) fn forget_old(db: &Db, now: u64) -> Result<()> {
    let limit = integer(now.saturating_sub(MEMORY_MS));
    db.transaction(|| {
        db.run(
            "DELETE FROM batch WHERE received_at < ?",
            vec![limit.clone()],
        )?;
        db.run(
            "DELETE FROM event WHERE received_at < ?",
            vec![limit.clone()],
        )?;
        // A handover is tried again within minutes.
        db.run("DELETE FROM handover_taken WHERE taken_at < ?", vec![limit])
    })
}

/// Whether nothing is remembered.
pub(super) fn is_empty(db: &Db) -> Result<bool> {
    let left = db.row("SELECT 1 FROM batch LIMIT 1", vec![], |_| Ok(()))?;
    Ok(left.is_none())
}

fn digest(copies: &[EventCopy]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for copy in copies {
        hash.update(copy.id.as_bytes());
        hash.update(copy.unit_type.as_bytes());
        hash.update(copy.hash.to_le_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(DIGEST_BYTES).copied().collect()
}
