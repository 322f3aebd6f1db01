//! Flags: the project's part in `flag`, one part for each environment in `flag_environment`.

use serde_json::{Map, Value};
use worker::Result;

use super::{Db, Row, integer, text};

/// The part of a flag that is the same in every environment.
#[derive(Debug, Clone)]
pub(crate) struct FlagRow {
    pub(crate) key: String,
    pub(crate) document: Map<String, Value>,
    pub(crate) archived: bool,
    pub(crate) created_at: u64,
}

/// The part of a flag that belongs to one environment.
#[derive(Debug, Clone)]
pub(crate) struct FlagPartRow {
    pub(crate) environment: String,
    pub(crate) flag: String,
    pub(crate) version: u32,
    pub(crate) document: Map<String, Value>,
}

/// All flags, archived ones included, by key.
pub(crate) fn all(db: &Db) -> Result<Vec<FlagRow>> {
    let sql = "SELECT key, document, archived, created_at FROM flag ORDER BY key";
    db.rows(sql, vec![], read)
}

/// One flag, archived or not.
pub(crate) fn get(db: &Db, key: &str) -> Result<Option<FlagRow>> {
    let sql = "SELECT key, document, archived, created_at FROM flag WHERE key = ?";
    db.row(sql, vec![text(key)], read)
}

/// All parts of all environments.
pub(crate) fn all_parts(db: &Db) -> Result<Vec<FlagPartRow>> {
    let sql = "SELECT environment, flag, version, document FROM flag_environment";
    db.rows(sql, vec![], read_part)
}

/// The parts of one flag in all environments.
pub(crate) fn parts(db: &Db, key: &str) -> Result<Vec<FlagPartRow>> {
    let sql = "SELECT environment, flag, version, document FROM flag_environment
        WHERE environment IN (SELECT key FROM environment) AND flag = ?";
    db.rows(sql, vec![text(key)], read_part)
}

/// Writes the project's part.
pub(crate) fn put(db: &Db, flag: &FlagRow) -> Result<()> {
    let sql = "INSERT INTO flag (key, document, archived, created_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET document = excluded.document, archived = excluded.archived";
    let bindings = vec![
        text(&flag.key),
        text(&serde_json::to_string(&flag.document)?),
        integer(u64::from(flag.archived)),
        integer(flag.created_at),
    ];
    db.run(sql, bindings)
}

/// Writes one environment's part.
pub(crate) fn put_part(db: &Db, part: &FlagPartRow) -> Result<()> {
    let sql =
        "INSERT INTO flag_environment (environment, flag, version, document) VALUES (?, ?, ?, ?)
        ON CONFLICT (environment, flag)
        DO UPDATE SET version = excluded.version, document = excluded.document";
    let bindings = vec![
        text(&part.environment),
        text(&part.flag),
        integer(part.version),
        text(&serde_json::to_string(&part.document)?),
    ];
    db.run(sql, bindings)
}

fn read(row: &Row) -> Result<FlagRow> {
    Ok(FlagRow {
        key: row.text(0)?,
        document: row.json(1)?,
        archived: row.integer(2)? != 0,
        created_at: row.integer(3)?,
    })
}

fn read_part(row: &Row) -> Result<FlagPartRow> {
    Ok(FlagPartRow {
        environment: row.text(0)?,
        flag: row.text(1)?,
        version: row.small(2)?,
        document: row.json(3)?,
    })
}
