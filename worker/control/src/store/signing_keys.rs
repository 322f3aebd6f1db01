//! The keys that sign what an environment publishes.

use worker::Result;

use super::{Db, Row, integer, text};

/// A key as stored; its seed never leaves this table.
#[derive(Debug, Clone)]
pub(crate) struct SigningKeyRow {
    /// 32 bytes in hexadecimal from which the Ed25519 key is made.
    pub(crate) seed: String,
    /// The Ed25519 public key in hexadecimal.
    pub(crate) public_key: String,
    /// Whether it is the one that signs.
    pub(crate) active: bool,
    pub(crate) created_at: u64,
}

/// The keys of an environment, oldest first.
pub(crate) fn of_environment(db: &Db, environment: &str) -> Result<Vec<SigningKeyRow>> {
    let sql = "SELECT seed, public_key, active, created_at FROM signing_key
        WHERE environment = ? ORDER BY created_at, public_key";
    db.rows(sql, vec![text(environment)], read)
}

/// Makes these the keys of an environment.
pub(crate) fn replace(db: &Db, environment: &str, keys: &[SigningKeyRow]) -> Result<()> {
    db.run(
        "DELETE FROM signing_key WHERE environment = ?",
        vec![text(environment)],
    )?;
    let sql = "INSERT INTO signing_key (environment, seed, public_key, active, created_at)
        VALUES (?, ?, ?, ?, ?)";
    for key in keys {
        let bindings = vec![
            text(environment),
            text(&key.seed),
            text(&key.public_key),
            integer(u64::from(key.active)),
            integer(key.created_at),
        ];
        db.run(sql, bindings)?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<SigningKeyRow> {
    Ok(SigningKeyRow {
        seed: row.text(0)?,
        public_key: row.text(1)?,
        active: row.integer(2)? != 0,
        created_at: row.integer(3)?,
    })
}
