//! Which part of which environment an object is.

use pennon_api::{Delivery, ErasureOrder};
use worker::{Error, Result};

use super::handover::Handover;
use crate::store::{Db, blob, integer, text};

/// The most shards of an environment: every look at its totals asks all of them.
pub(crate) const MAX_SHARDS: u32 = 1024;

/// What of a hash says who moves in any doubling, and no more: what is remembered of an event
/// outlives an erasure, and must not tell whose it was.
pub(super) fn group(hash: u32) -> u32 {
    hash % MAX_SHARDS
}

/// Where something is meant to go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) environment: &'a str,
    pub(super) pepper: &'a str,
    pub(super) shard: u32,
    pub(super) shards: u32,
}

impl<'a> From<&'a Delivery> for Place<'a> {
    fn from(delivery: &'a Delivery) -> Self {
        Self {
            environment: &delivery.environment,
            pepper: &delivery.pepper,
            shard: delivery.shard,
            shards: delivery.shards,
        }
    }
}

impl<'a> From<&'a ErasureOrder> for Place<'a> {
    fn from(order: &'a ErasureOrder) -> Self {
        Self {
            environment: &order.environment,
            pepper: &order.pepper,
            shard: order.shard,
            shards: order.shards,
        }
    }
}

impl<'a> From<&'a Handover> for Place<'a> {
    fn from(handover: &'a Handover) -> Self {
        Self {
            environment: &handover.environment,
            pepper: &handover.pepper,
            shard: handover.shard,
            shards: handover.shards,
        }
    }
}

/// Why something is not taken here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Conflict {
    /// It was cut for another number of shards than this.
    OtherShards(u32),
    /// It belongs to another shard or to another environment.
    Foreign(String),
    /// It is about subjects that are on their way to a new shard.
    Moving,
}

/// Why something is not taken here; nothing when it is, or when the object is new.
///
/// What is misrouted would put one subject into two shards, so it is refused as a whole.
pub(super) fn conflict(
    db: &Db,
    place: Place<'_>,
    mut hashes: impl Iterator<Item = u32>,
) -> Result<Option<Conflict>> {
    let known = db.row(
        "SELECT environment, number, shards, pepper, split_to FROM shard",
        vec![],
        |row| {
            let identity = (row.text(0)?, row.small(1)?, row.small(2)?, row.blob(3)?);
            Ok((identity, row.optional_integer(4)?))
        },
    )?;
    let Some(((environment, number, shards, pepper), split_to)) = known else {
        return Ok(None);
    };
    if environment != place.environment || pepper != bytes(place.pepper)? {
        let message = format!("this is shard {number} of {shards} of `{environment}`");
        return Ok(Some(Conflict::Foreign(message)));
    }
    if shards != place.shards {
        return Ok(Some(Conflict::OtherShards(shards)));
    }
    if number != place.shard {
        let message = format!("this is shard {number} of {shards}");
        return Ok(Some(Conflict::Foreign(message)));
    }
    let moves = split_to.and_then(|split_to| u32::try_from(split_to).ok());
    let moves = moves.is_some_and(|to| hashes.any(|hash| hash.checked_rem(to) != Some(number)));
    Ok(moves.then_some(Conflict::Moving))
}

/// Writes the identity down, once, and counts one more change of the totals.
///
/// `dropped` is what strangers say, so it stops at the largest integer that JavaScript, which
/// reads the row, holds exactly. Returns the revision after the change.
pub(super) fn advance(db: &Db, place: Place<'_>, (accepted, dropped): (usize, u64)) -> Result<u64> {
    let revision = db.row(
        "INSERT INTO shard
           (one, environment, number, shards, pepper, revision, accepted, dropped)
         VALUES (1, ?, ?, ?, ?, 1, ?, ?)
         ON CONFLICT DO UPDATE SET revision = revision + 1,
           accepted = accepted + excluded.accepted,
           dropped = MIN(dropped + excluded.dropped, 9007199254740991)
         RETURNING revision",
        vec![
            text(place.environment),
            integer(place.shard),
            integer(place.shards),
            blob(&bytes(place.pepper)?),
            integer(u64::try_from(accepted).unwrap_or(u64::MAX)),
            integer(dropped),
        ],
        |row| row.integer(0),
    )?;
    revision.ok_or_else(|| Error::from("the revision was not returned"))
}

/// The bytes of hexadecimal digits.
pub(super) fn bytes(hex: &str) -> Result<Vec<u8>> {
    crate::credential::from_hex(hex)
        .ok_or_else(|| Error::from("an id is not in hexadecimal digits"))
}
