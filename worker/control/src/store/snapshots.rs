//! Which revision of an environment said what.

use pennon_api::EnvironmentRecord;
use worker::Result;

use super::{Db, integer, text};

/// The newest published record of an environment.
pub(crate) fn newest(db: &Db, environment: &str) -> Result<Option<EnvironmentRecord>> {
    let sql = "SELECT record FROM snapshot WHERE environment = ? ORDER BY revision DESC LIMIT 1";
    db.row(sql, vec![text(environment)], |row| row.json(0))
}

/// Adds a revision.
pub(crate) fn insert(db: &Db, record: &EnvironmentRecord) -> Result<()> {
    let sql = "INSERT INTO snapshot (environment, revision, record) VALUES (?, ?, ?)";
    let bindings = vec![
        text(&record.environment),
        integer(record.revision),
        text(&serde_json::to_string(record)?),
    ];
    db.run(sql, bindings)
}
