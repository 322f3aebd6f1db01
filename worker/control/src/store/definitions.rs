//! Segments, lists, attributes, groups and metrics, every version of each.

use serde_json::Value;
use worker::Result;

use super::{Db, integer, text};

/// One version of a definition.
#[derive(Debug, Clone)]
pub(crate) struct DefinitionRow {
    /// `segments`, `lists`, `attributes`, `groups` or `metrics`.
    pub(crate) kind: String,
    pub(crate) key: String,
    pub(crate) version: u32,
    pub(crate) deleted: bool,
    pub(crate) actor: String,
    pub(crate) at: u64,
    pub(crate) document: Value,
}

/// The current version of every definition, deleted ones included, by kind and key.
pub(crate) fn current(db: &Db) -> Result<Vec<DefinitionRow>> {
    let sql = "SELECT kind, key, MAX(version), deleted, actor, at, document
        FROM definition GROUP BY kind, key ORDER BY kind, key";
    db.rows(sql, vec![], |row| {
        Ok(DefinitionRow {
            kind: row.text(0)?,
            key: row.text(1)?,
            version: row.small(2)?,
            deleted: row.integer(3)? != 0,
            actor: row.text(4)?,
            at: row.integer(5)?,
            document: row.json(6)?,
        })
    })
}

/// Adds a version.
pub(crate) fn insert(db: &Db, row: &DefinitionRow) -> Result<()> {
    let sql = "INSERT INTO definition (kind, key, version, deleted, actor, at, document)
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    let bindings = vec![
        text(&row.kind),
        text(&row.key),
        integer(row.version),
        integer(u64::from(row.deleted)),
        text(&row.actor),
        integer(row.at),
        text(&serde_json::to_string(&row.document)?),
    ];
    db.run(sql, bindings)
}
