//! The newest kill of each flag, for hubs that begin later.

use pennon_api::HubMessage;
use worker::Result;

use super::{Db, integer, text};

/// How long a kill is kept. Every snapshot that was published after it says the same.
const KEPT_MS: u64 = 86_400_000;

/// Keeps a kill in place of an older one of the same flag, and forgets old ones.
pub(crate) fn put(
    db: &Db,
    environment: &str,
    flag: &str,
    message: &HubMessage,
    now: u64,
) -> Result<()> {
    let oldest = now.saturating_sub(KEPT_MS);
    db.run("DELETE FROM kill WHERE at < ?", vec![integer(oldest)])?;
    let sql = "INSERT OR REPLACE INTO kill (environment, flag, message, at) VALUES (?, ?, ?, ?)";
    let message = serde_json::to_string(message)?;
    let bindings = vec![text(environment), text(flag), text(&message), integer(now)];
    db.run(sql, bindings)
}

/// The kills of an environment.
pub(crate) fn of_environment(db: &Db, environment: &str) -> Result<Vec<HubMessage>> {
    let sql = "SELECT message FROM kill WHERE environment = ? ORDER BY at, flag";
    db.rows(sql, vec![text(environment)], |row| row.json(0))
}
