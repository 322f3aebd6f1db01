//! Which part of which environment an object is.

use pennon_api::Delivery;
use worker::{Error, Result};

use crate::store::{Db, blob, integer, text};

/// Why a delivery does not belong here; nothing when it does, or when the object is new.
///
/// A misrouted delivery would put one subject into two shards, so it is refused as a whole.
pub(super) fn conflict(db: &Db, delivery: &Delivery) -> Result<Option<String>> {
    let known = db.row(
        "SELECT environment, number, shards, pepper FROM shard",
        vec![],
        |row| Ok((row.text(0)?, row.small(1)?, row.small(2)?, row.blob(3)?)),
    )?;
    let Some((environment, number, shards, pepper)) = known else {
        return Ok(None);
    };
    let is_at_home = environment == delivery.environment
        && number == delivery.shard
        && shards == delivery.shards
        && pepper == bytes(&delivery.pepper)?;
    Ok((!is_at_home).then(|| format!("this is shard {number} of {shards} of `{environment}`")))
}

/// Writes the identity down, once, and counts one more change of the totals.
///
/// `dropped` is what strangers say, so it stops at the largest integer that JavaScript, which
/// reads the row, holds exactly. Returns the revision after the change.
pub(super) fn advance(db: &Db, delivery: &Delivery, dropped: u64) -> Result<u64> {
    let revision = db.row(
        "INSERT INTO shard (one, environment, number, shards, pepper, revision, dropped)
         VALUES (1, ?, ?, ?, ?, 1, ?)
         ON CONFLICT DO UPDATE SET revision = revision + 1,
           dropped = MIN(dropped + excluded.dropped, 9007199254740991)
         RETURNING revision",
        vec![
            text(&delivery.environment),
            integer(delivery.shard),
            integer(delivery.shards),
            blob(&bytes(&delivery.pepper)?),
            integer(dropped),
        ],
        |row| row.integer(0),
    )?;
    revision.ok_or_else(|| Error::from("the revision was not returned"))
}

/// The bytes of hexadecimal digits.
pub(super) fn bytes(hex: &str) -> Result<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let bytes: Option<Vec<u8>> = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some((digit(*high)? << 4) | digit(*low)?),
            _ => None,
        })
        .collect();
    bytes.ok_or_else(|| Error::from("an id is not in hexadecimal digits"))
}
