//! Which batches have been here already.

use pennon_api::{Delivery, EventCopy, loss_hash};
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
        db.run(
            "DELETE FROM seen WHERE received_at < ?",
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
