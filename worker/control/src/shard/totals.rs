//! What a shard tells who adds shards up: absolute sums and how often they have changed.

use pennon_api::ShardTotals;
use worker::Result;

use super::books::Books;
use super::cell;
use crate::store::Db;

/// All cells, or those of one flag.
pub(super) fn read(db: &Db, books: &Books, flag: Option<&str>, now: u64) -> Result<ShardTotals> {
    let identity = db.row(
        "SELECT number, revision, dropped FROM shard",
        vec![],
        |row| Ok((row.small(0)?, row.integer(1)?, row.integer(2)?)),
    )?;
    let (shard, revision, dropped) = match identity {
        Some((number, revision, dropped)) => (Some(number), revision, dropped),
        None => (None, 0, 0),
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
        cells: cell::all(db, flag)?,
        dropped,
        pending: pending.unwrap_or(0),
        levels: books.levels.to_tables(),
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
