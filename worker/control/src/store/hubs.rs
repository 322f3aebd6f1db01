//! The hubs of each environment, and what they have told their sockets.

use pennon_api::HubsReached;
use worker::Result;

use super::{Db, integer, text};

/// Puts a hub on the list.
pub(crate) fn put(db: &Db, environment: &str, region: &str, now: u64) -> Result<()> {
    let sql = "INSERT INTO hub (environment, region, told, seen_at) VALUES (?, ?, 0, ?)
        ON CONFLICT (environment, region) DO UPDATE SET seen_at = excluded.seen_at";
    db.run(sql, vec![text(environment), text(region), integer(now)])
}

/// Regions in which an environment has a hub.
pub(crate) fn regions(db: &Db, environment: &str) -> Result<Vec<String>> {
    let sql = "SELECT region FROM hub WHERE environment = ? ORDER BY region";
    db.rows(sql, vec![text(environment)], |row| row.text(0))
}

/// Notes the newest revision that a hub has confirmed.
pub(crate) fn set_told(db: &Db, environment: &str, region: &str, revision: u64) -> Result<()> {
    let sql = "UPDATE hub SET told = MAX(told, ?) WHERE environment = ? AND region = ?";
    db.run(
        sql,
        vec![integer(revision), text(environment), text(region)],
    )
}

/// How many hubs of an environment have told a revision.
pub(crate) fn reached(db: &Db, environment: &str, revision: u64) -> Result<HubsReached> {
    let sql = "SELECT COALESCE(SUM(told >= ?), 0), COUNT(*) FROM hub WHERE environment = ?";
    let counted = db.row(sql, vec![integer(revision), text(environment)], |row| {
        Ok(HubsReached {
            reached: row.integer(0)?,
            of: row.integer(1)?,
        })
    })?;
    Ok(counted.unwrap_or_default())
}
