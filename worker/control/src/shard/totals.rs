//! What a shard tells who adds shards up: absolute sums and how often they have changed.

use pennon_api::{ShardCell, ShardTotals};
use worker::Result;

use crate::store::{Db, optional_text};

/// All cells, or those of one flag.
pub(super) fn read(db: &Db, flag: Option<&str>, now: u64) -> Result<ShardTotals> {
    let identity = db.row(
        "SELECT number, revision, dropped FROM shard",
        vec![],
        |row| Ok((row.small(0)?, row.integer(1)?, row.integer(2)?)),
    )?;
    let (shard, revision, dropped) = match identity {
        Some((number, revision, dropped)) => (Some(number), revision, dropped),
        None => (None, 0, 0),
    };
    Ok(ShardTotals {
        shard,
        revision,
        as_of: now,
        cells: cells(db, flag)?,
        dropped,
        pending: 0,
        levels: Vec::new(),
    })
}

fn cells(db: &Db, flag: Option<&str>) -> Result<Vec<ShardCell>> {
    db.rows(
        "SELECT json_object(
           'flag', flag, 'unit', unit_type, 'epoch', epoch, 'stratum', stratum,
           'variant', variant, 'metric', metric, 'dimension', dimension, 'level', level,
           'day', day, 'n', n)
         FROM cell WHERE n > 0 AND (?1 IS NULL OR flag = ?1)
         ORDER BY flag, unit_type, epoch, stratum, variant, metric, dimension, level, day",
        vec![optional_text(flag)],
        |row| row.json(0),
    )
}
