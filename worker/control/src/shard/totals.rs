//! What a shard tells who adds shards up: absolute sums and how often they have changed.

use pennon_api::ShardTotals;
use worker::Result;

use super::books::Books;
use super::cell::{self, Filter};
use crate::store::Db;

/// What is counted, as far as it is asked for.
pub(super) fn read(db: &Db, books: &Books, filter: Filter<'_>, now: u64) -> Result<ShardTotals> {
    let identity = db.row(
        "SELECT number, revision, dropped, aside FROM shard",
        vec![],
        |row| {
            let counts = [row.integer(1)?, row.integer(2)?, row.integer(3)?];
            Ok((row.small(0)?, counts))
        },
    )?;
    let (shard, [revision, dropped, aside]) = match identity {
        Some((number, counts)) => (Some(number), counts),
        None => (None, [0; 3]),
    };
    let pending = db.row(
        "SELECT (SELECT COUNT(*) FROM handover)
              + (SELECT COUNT(*) FROM erasure WHERE done_at IS NULL)
              + (SELECT COUNT(*) FROM contribution WHERE is_exported = 0)",
        vec![],
        |row| row.integer(0),
    )?;
    Ok(ShardTotals {
        shard,
        revision,
        as_of: now,
        cells: cell::all(db, filter)?,
        dropped,
        pending: pending.unwrap_or(0),
        aside,
        levels: if filter.only_exposures {
            Vec::new()
        } else {
            books.levels.to_tables(filter.flag)
        },
    })
}

/// How often the totals have changed, when nothing is on its way to another shard or to the bucket and
/// nobody is being taken out of the raw log.
pub(super) fn settled_revision(db: &Db) -> Result<Option<u64>> {
    db.row(
        "SELECT revision FROM shard WHERE NOT EXISTS (SELECT 1 FROM handover)
           AND NOT EXISTS (SELECT 1 FROM erasure WHERE done_at IS NULL)
           AND NOT EXISTS (SELECT 1 FROM contribution WHERE is_exported = 0)",
        vec![],
        |row| row.integer(0),
    )
}
