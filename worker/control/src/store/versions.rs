//! Every version that a flag ever had in an environment.

use pennon_api::FlagVersion;
use serde_json::Value;
use worker::Result;

use super::{Db, Row, integer, optional_text, text};

const COLUMNS: &str = "version, action, actor, at, reason, document";

/// Adds a version.
pub(crate) fn insert(db: &Db, environment: &str, flag: &str, version: &FlagVersion) -> Result<()> {
    let sql = format!(
        "INSERT INTO flag_version (environment, flag, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    );
    let bindings = vec![
        text(environment),
        text(flag),
        integer(version.version),
        text(&version.action),
        text(&version.actor),
        integer(version.at),
        optional_text(version.reason.as_deref()),
        text(&serde_json::to_string(&version.flag)?),
    ];
    db.run(&sql, bindings)
}

/// The newest versions of a flag, newest first.
pub(crate) fn history(
    db: &Db,
    environment: &str,
    flag: &str,
    limit: u32,
) -> Result<Vec<FlagVersion>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM flag_version WHERE environment = ? AND flag = ? ORDER BY version DESC LIMIT ?"
    );
    db.rows(
        &sql,
        vec![text(environment), text(flag), integer(limit)],
        read,
    )
}

/// One version of a flag.
pub(crate) fn get(
    db: &Db,
    environment: &str,
    flag: &str,
    version: u32,
) -> Result<Option<FlagVersion>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM flag_version WHERE environment = ? AND flag = ? AND version = ?"
    );
    db.row(
        &sql,
        vec![text(environment), text(flag), integer(version)],
        read,
    )
}

/// Key, time and actor of the newest version of every flag of an environment.
pub(crate) fn newest(db: &Db, environment: &str) -> Result<Vec<(String, u64, String)>> {
    let sql = "SELECT v.flag, v.at, v.actor FROM flag_version v
        JOIN flag_environment e ON e.environment = v.environment AND e.flag = v.flag AND e.version = v.version
        WHERE v.environment = ? ORDER BY v.flag";
    db.rows(sql, vec![text(environment)], |row| {
        Ok((row.text(0)?, row.integer(1)?, row.text(2)?))
    })
}

fn read(row: &Row) -> Result<FlagVersion> {
    Ok(FlagVersion {
        version: row.small(0)?,
        action: row.text(1)?,
        actor: row.text(2)?,
        at: row.integer(3)?,
        reason: row.optional_text(4)?,
        flag: row.json::<Value>(5)?,
    })
}
