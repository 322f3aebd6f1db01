//! The newest totals of each shard.

use pennon_api::{ShardCell, ShardTotals};
use worker::Result;

use super::{Db, integer, text};

/// Cells of one part; a row holds at most 2 MB.
const PART_CELLS: usize = 1000;

/// The newest that is known of a shard.
pub(crate) fn newest(db: &Db, environment: &str, shard: u32) -> Result<Option<ShardTotals>> {
    let parts = db.rows(
        "SELECT body FROM shard_totals WHERE environment = ? AND shard = ? ORDER BY part",
        vec![text(environment), integer(shard)],
        |row| row.text(0),
    )?;
    let mut parts = parts.iter();
    let Some(first) = parts.next() else {
        return Ok(None);
    };
    let mut totals: ShardTotals = serde_json::from_str(first)?;
    for part in parts {
        let cells: Vec<ShardCell> = serde_json::from_str(part)?;
        totals.cells.extend(cells);
    }
    Ok(Some(totals))
}

/// Replaces what is known of a shard.
pub(crate) fn put(db: &Db, environment: &str, shard: u32, totals: &ShardTotals) -> Result<()> {
    db.run(
        "DELETE FROM shard_totals WHERE environment = ? AND shard = ?",
        vec![text(environment), integer(shard)],
    )?;
    let without_cells = ShardTotals {
        cells: Vec::new(),
        levels: totals.levels.clone(),
        ..*totals
    };
    let mut bodies = vec![serde_json::to_string(&without_cells)?];
    for cells in totals.cells.chunks(PART_CELLS) {
        bodies.push(serde_json::to_string(cells)?);
    }
    for (part, body) in (0_u64..).zip(bodies) {
        db.run(
            "INSERT INTO shard_totals (environment, shard, part, body) VALUES (?, ?, ?, ?)",
            vec![
                text(environment),
                integer(shard),
                integer(part),
                text(&body),
            ],
        )?;
    }
    Ok(())
}
