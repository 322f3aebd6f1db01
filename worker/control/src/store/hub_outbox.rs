//! What hubs have not confirmed yet.

use pennon_api::HubMessage;
use worker::Result;

use super::{Db, hubs, integer, text};

/// One message that is due.
#[derive(Debug, Clone)]
pub(crate) struct HubOutboxRow {
    pub(crate) seq: u64,
    pub(crate) message: HubMessage,
    pub(crate) tries: u32,
}

/// A hub that has something to hear.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct HubName {
    /// Id of the environment.
    pub(crate) environment: String,
    pub(crate) region: String,
}

/// Adds a message for every hub of an environment; it takes the place of an older one about the same.
pub(crate) fn push(db: &Db, environment: &str, message: &HubMessage) -> Result<()> {
    let (kind, name) = match message {
        HubMessage::Revision(_) => ("revision", ""),
        HubMessage::Kill { delta, .. } => ("kill", delta.flag.as_str()),
        HubMessage::Key { key, .. } => ("key", key.as_str()),
    };
    let body = serde_json::to_string(message)?;
    for region in hubs::regions(db, environment)? {
        let place = vec![text(environment), text(&region), text(kind), text(name)];
        let sql = "DELETE FROM hub_outbox
            WHERE environment = ? AND region = ? AND kind = ? AND name = ?";
        db.run(sql, place.clone())?;
        let sql = "INSERT INTO hub_outbox (environment, region, kind, name, message)
            VALUES (?, ?, ?, ?, ?)";
        db.run(sql, [place, vec![text(&body)]].concat())?;
    }
    Ok(())
}

/// Hubs with at least one message that is due by now.
pub(crate) fn due(db: &Db, now: u64) -> Result<Vec<HubName>> {
    let sql = "SELECT DISTINCT environment, region FROM hub_outbox WHERE due_at <= ?";
    db.rows(sql, vec![integer(now)], |row| {
        Ok(HubName {
            environment: row.text(0)?,
            region: row.text(1)?,
        })
    })
}

/// The oldest messages for a hub, revisions last: what a kill says must not wait for a snapshot.
pub(crate) fn first(db: &Db, hub: &HubName, n: u32) -> Result<Vec<HubOutboxRow>> {
    let sql = "SELECT seq, message, tries FROM hub_outbox WHERE environment = ? AND region = ?
        ORDER BY kind = 'revision', seq LIMIT ?";
    let bindings = vec![text(&hub.environment), text(&hub.region), integer(n)];
    db.rows(sql, bindings, |row| {
        Ok(HubOutboxRow {
            seq: row.integer(0)?,
            message: row.json(1)?,
            tries: row.small(2)?,
        })
    })
}

/// Removes a message that the hub has confirmed.
pub(crate) fn confirm(db: &Db, seq: u64) -> Result<()> {
    db.run("DELETE FROM hub_outbox WHERE seq = ?", vec![integer(seq)])
}

/// Counts a failed attempt, and says when the next one is due.
pub(crate) fn put_off(db: &Db, seq: u64, due_at: u64) -> Result<()> {
    let sql = "UPDATE hub_outbox SET tries = tries + 1, due_at = ? WHERE seq = ?";
    db.run(sql, vec![integer(due_at), integer(seq)])
}

/// When the next message is due, if any is.
pub(crate) fn next_due(db: &Db) -> Result<Option<u64>> {
    let sql = "SELECT MIN(due_at) FROM hub_outbox";
    Ok(db
        .row(sql, vec![], |row| row.optional_integer(0))?
        .flatten())
}
