//! Client and server keys of environments.

use pennon_api::{Key, KeyKind};
use worker::Result;

use super::{Db, Row, integer, optional_integer, optional_text, text};

/// A key as stored.
#[derive(Clone)]
pub(crate) struct AccessKeyRow {
    /// Key of the environment it opens.
    pub(crate) environment: String,
    /// SHA-256 of the whole key in hexadecimal.
    pub(crate) hash: String,
    /// What the API shows; `key` is stored for client keys only.
    pub(crate) shown: Key,
}

const COLUMNS: &str =
    "id, environment, kind, hash, text, last4, origins, created_at, expires_at, revoked_at";

/// All keys of an environment, oldest first.
pub(crate) fn of_environment(db: &Db, environment: &str) -> Result<Vec<AccessKeyRow>> {
    let sql =
        format!("SELECT {COLUMNS} FROM access_key WHERE environment = ? ORDER BY created_at, id");
    db.rows(&sql, vec![text(environment)], read)
}

/// How many keys of the project still open something.
pub(crate) fn count_live(db: &Db, now: u64) -> Result<u64> {
    let live = db.row(
        "SELECT COUNT(*) FROM access_key
         WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)",
        vec![integer(now)],
        |row| row.integer(0),
    )?;
    Ok(live.unwrap_or(0))
}

/// One key of an environment.
pub(crate) fn get(db: &Db, environment: &str, id: &str) -> Result<Option<AccessKeyRow>> {
    let sql = format!("SELECT {COLUMNS} FROM access_key WHERE environment = ? AND id = ?");
    db.row(&sql, vec![text(environment), text(id)], read)
}

/// Adds a key, or replaces what may change about it.
pub(crate) fn put(db: &Db, row: &AccessKeyRow) -> Result<()> {
    let sql = format!(
        "INSERT INTO access_key ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET origins = excluded.origins,
        expires_at = excluded.expires_at, revoked_at = excluded.revoked_at"
    );
    let public_text = match row.shown.kind {
        KeyKind::Client => row.shown.key.as_deref(),
        KeyKind::Server => None,
    };
    let bindings = vec![
        text(&row.shown.id),
        text(&row.environment),
        text(kind_name(row.shown.kind)),
        text(&row.hash),
        optional_text(public_text),
        text(&row.shown.last4),
        text(&serde_json::to_string(&row.shown.origins)?),
        integer(row.shown.created_at),
        optional_integer(row.shown.expires_at),
        optional_integer(row.shown.revoked_at),
    ];
    db.run(&sql, bindings)
}

fn kind_name(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Client => "client",
        KeyKind::Server => "server",
    }
}

fn read(row: &Row) -> Result<AccessKeyRow> {
    let kind = match row.text(2)?.as_str() {
        "client" => KeyKind::Client,
        _ => KeyKind::Server,
    };
    Ok(AccessKeyRow {
        environment: row.text(1)?,
        hash: row.text(3)?,
        shown: Key {
            id: row.text(0)?,
            kind,
            key: row.optional_text(4)?,
            last4: row.text(5)?,
            origins: row.json(6)?,
            created_at: row.integer(7)?,
            expires_at: row.optional_integer(8)?,
            revoked_at: row.optional_integer(9)?,
        },
    })
}
