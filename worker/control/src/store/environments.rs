//! Environments of a project.

use pennon_api::EnvironmentSettings;
use worker::Result;

use super::signing_keys::{self, SigningKeyRow};
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
    /// One or two, of which one is active, oldest first.
    pub(crate) signing_keys: Vec<SigningKeyRow>,
    pub(crate) settings: EnvironmentSettings,
    pub(crate) created_at: u64,
}

impl EnvironmentRow {
    /// The key that signs; absent only when the table is damaged.
    pub(crate) fn active_key(&self) -> Option<&SigningKeyRow> {
        self.signing_keys.iter().find(|key| key.active)
    }
}

const COLUMNS: &str = "key, id, name, shards, pepper, settings, created_at";

/// All environments, oldest first.
pub(crate) fn all(db: &Db) -> Result<Vec<EnvironmentRow>> {
    let sql = format!("SELECT {COLUMNS} FROM environment ORDER BY created_at, key");
    let rows = db.rows(&sql, vec![], read)?;
    rows.into_iter().map(|row| with_keys(db, row)).collect()
}

/// The environment with this key.
pub(crate) fn get(db: &Db, key: &str) -> Result<Option<EnvironmentRow>> {
    let sql = format!("SELECT {COLUMNS} FROM environment WHERE key = ?");
    let row = db.row(&sql, vec![text(key)], read)?;
    row.map(|row| with_keys(db, row)).transpose()
}

/// Adds an environment with its keys.
pub(crate) fn insert(db: &Db, row: &EnvironmentRow) -> Result<()> {
    let sql = format!("INSERT INTO environment ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)");
    let bindings = vec![
        text(&row.key),
        text(&row.id),
        text(&row.name),
        integer(row.shards),
        text(&row.pepper),
        text(&serde_json::to_string(&row.settings)?),
        integer(row.created_at),
    ];
    db.run(&sql, bindings)?;
    signing_keys::replace(db, &row.key, &row.signing_keys)
}

/// Replaces the settings of an environment, its number of shards, and its signing keys.
pub(crate) fn update(db: &Db, row: &EnvironmentRow) -> Result<()> {
    let sql = "UPDATE environment SET settings = ?, shards = ? WHERE key = ?";
    let settings = serde_json::to_string(&row.settings)?;
    let bindings = vec![text(&settings), integer(row.shards), text(&row.key)];
    db.run(sql, bindings)?;
    signing_keys::replace(db, &row.key, &row.signing_keys)
}

fn with_keys(db: &Db, row: EnvironmentRow) -> Result<EnvironmentRow> {
    let signing_keys = signing_keys::of_environment(db, &row.key)?;
    Ok(EnvironmentRow {
        signing_keys,
        ..row
    })
}

fn read(row: &Row) -> Result<EnvironmentRow> {
    Ok(EnvironmentRow {
        key: row.text(0)?,
        id: row.text(1)?,
        name: row.text(2)?,
        shards: row.small(3)?,
        pepper: row.text(4)?,
        signing_keys: Vec::new(),
        settings: row.json(5)?,
        created_at: row.integer(6)?,
    })
}
