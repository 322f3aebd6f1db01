//! Environments of a project.

use worker::Result;

use super::{Db, Row, integer, text};

/// An environment as stored, secrets included.
#[derive(Clone)]
pub(crate) struct EnvironmentRow {
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) shards: u32,
    /// 32 bytes in hexadecimal that key the hashes of subjects.
    pub(crate) pepper: String,
    /// 32 bytes in hexadecimal from which the Ed25519 key is made.
    pub(crate) signing_seed: String,
    /// The Ed25519 public key in hexadecimal.
    pub(crate) public_key: String,
    pub(crate) created_at: u64,
}

const COLUMNS: &str = "key, id, name, shards, pepper, signing_seed, public_key, created_at";

/// All environments, oldest first.
pub(crate) fn all(db: &Db) -> Result<Vec<EnvironmentRow>> {
    let sql = format!("SELECT {COLUMNS} FROM environment ORDER BY created_at, key");
    db.rows(&sql, vec![], read)
}

/// The environment with this key.
pub(crate) fn get(db: &Db, key: &str) -> Result<Option<EnvironmentRow>> {
    let sql = format!("SELECT {COLUMNS} FROM environment WHERE key = ?");
    db.row(&sql, vec![text(key)], read)
}

/// Adds an environment.
pub(crate) fn insert(db: &Db, row: &EnvironmentRow) -> Result<()> {
    let sql = format!("INSERT INTO environment ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    let bindings = vec![
        text(&row.key),
        text(&row.id),
        text(&row.name),
        integer(row.shards),
        text(&row.pepper),
        text(&row.signing_seed),
        text(&row.public_key),
        integer(row.created_at),
    ];
    db.run(&sql, bindings)
}

fn read(row: &Row) -> Result<EnvironmentRow> {
    Ok(EnvironmentRow {
        key: row.text(0)?,
        id: row.text(1)?,
        name: row.text(2)?,
        shards: row.small(3)?,
        pepper: row.text(4)?,
        signing_seed: row.text(5)?,
        public_key: row.text(6)?,
        created_at: row.integer(7)?,
    })
}
