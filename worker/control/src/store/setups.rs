//! The setup links that wait for the first person, and the account that this person makes.

use worker::Result;

use super::{Db, integer, text};

/// The account of the installation, once somebody has set it up.
pub(crate) fn account(db: &Db) -> Result<Option<String>> {
    db.row("SELECT id FROM account LIMIT 1", vec![], |row| row.text(0))
}

/// Makes the account and forgets every setup link.
pub(crate) fn complete(db: &Db, account: &str, at: u64) -> Result<()> {
    let sql = "INSERT INTO account (id, created_at) VALUES (?, ?)";
    db.run(sql, vec![text(account), integer(at)])?;
    db.run("DELETE FROM setup", vec![])
}

/// Remembers the secret of a link that is about to be printed, and forgets expired ones.
pub(crate) fn add(db: &Db, hash: &str, now: u64, expires_at: u64) -> Result<()> {
    db.run(
        "DELETE FROM setup WHERE expires_at <= ?",
        vec![integer(now)],
    )?;
    let sql = "INSERT INTO setup (hash, expires_at) VALUES (?, ?)";
    db.run(sql, vec![text(hash), integer(expires_at)])
}

/// Hashes of all links that still work.
pub(crate) fn open(db: &Db, now: u64) -> Result<Vec<String>> {
    let sql = "SELECT hash FROM setup WHERE expires_at > ?";
    db.rows(sql, vec![integer(now)], |row| row.text(0))
}
