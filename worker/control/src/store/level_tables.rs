//! Which levels of a dimension stand by themselves in totals.

use std::collections::BTreeMap;

use worker::Result;

use super::{Db, integer, text};

/// Flag, epoch and dimension.
pub(crate) type Place = (String, u32, String);

/// What is stored of one dimension.
#[derive(Debug, Clone)]
pub(crate) struct LevelRow {
    /// Epoch milliseconds at which it was first seen.
    pub(crate) seen_at: u64,
    /// Absent while they may still change.
    pub(crate) levels: Option<Vec<String>>,
}

/// All dimensions of an environment.
pub(crate) fn all(db: &Db, environment: &str) -> Result<BTreeMap<Place, LevelRow>> {
    let rows = db.rows(
        "SELECT flag, epoch, dimension, seen_at, levels FROM level_table WHERE environment = ?",
        vec![text(environment)],
        |row| {
            let levels = row.optional_text(4)?;
            let levels = levels.map(|levels| serde_json::from_str(&levels));
            let place = (row.text(0)?, row.small(1)?, row.text(2)?);
            Ok((
                place,
                LevelRow {
                    seen_at: row.integer(3)?,
                    levels: levels.transpose()?,
                },
            ))
        },
    )?;
    Ok(rows.into_iter().collect())
}

/// Writes down when a dimension was first seen.
pub(crate) fn see(db: &Db, environment: &str, place: &Place, now: u64) -> Result<()> {
    db.run(
        "INSERT OR IGNORE INTO level_table (environment, flag, epoch, dimension, seen_at)
         VALUES (?, ?, ?, ?, ?)",
        vec![
            text(environment),
            text(&place.0),
            integer(place.1),
            text(&place.2),
            integer(now),
        ],
    )
}

/// Fixes the levels of a dimension for good.
pub(crate) fn fix(db: &Db, environment: &str, place: &Place, levels: &[String]) -> Result<()> {
    db.run(
        "UPDATE level_table SET levels = ?
         WHERE environment = ? AND flag = ? AND epoch = ? AND dimension = ? AND levels IS NULL",
        vec![
            text(&serde_json::to_string(levels)?),
            text(environment),
            text(&place.0),
            integer(place.1),
            text(&place.2),
        ],
    )
}
