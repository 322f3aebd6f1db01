//! Admin tokens of the installation.

use pennon_api::{Access, Token};
use worker::Result;

use super::{Db, Row, integer, optional_integer, optional_text, text};

/// A token as stored.
pub(crate) struct TokenRow {
    pub(crate) account: String,
    /// SHA-256 of the whole token in hexadecimal.
    pub(crate) hash: String,
    /// What the API shows.
    pub(crate) shown: Token,
}

const COLUMNS: &str =
    "id, account, hash, name, access, projects, last4, created_at, expires_at, revoked_at";

/// The token with this id, of whatever account.
pub(crate) fn get(db: &Db, id: &str) -> Result<Option<TokenRow>> {
    let sql = format!("SELECT {COLUMNS} FROM token WHERE id = ?");
    db.row(&sql, vec![text(id)], read)
}

/// All tokens of an account, oldest first.
pub(crate) fn of_account(db: &Db, account: &str) -> Result<Vec<TokenRow>> {
    let sql = format!("SELECT {COLUMNS} FROM token WHERE account = ? ORDER BY created_at, id");
    db.rows(&sql, vec![text(account)], read)
}

/// Adds a token.
pub(crate) fn insert(db: &Db, row: &TokenRow) -> Result<()> {
    let sql = format!("INSERT INTO token ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    let projects = row
        .shown
        .projects
        .as_ref()
        .map(serde_json::to_string)
        .transpose()?;
    let bindings = vec![
        text(&row.shown.id),
        text(&row.account),
        text(&row.hash),
        text(&row.shown.name),
        text(access_name(row.shown.access)),
        optional_text(projects.as_deref()),
        text(&row.shown.last4),
        integer(row.shown.created_at),
        integer(row.shown.expires_at),
        optional_integer(row.shown.revoked_at),
    ];
    db.run(&sql, bindings)
}

/// Marks a token as revoked.
pub(crate) fn revoke(db: &Db, id: &str, at: u64) -> Result<()> {
    let sql = "UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";
    db.run(sql, vec![integer(at), text(id)])
}

fn access_name(access: Access) -> &'static str {
    match access {
        Access::Read => "read",
        Access::Write => "write",
        Access::Admin => "admin",
    }
}

fn read(row: &Row) -> Result<TokenRow> {
    let access = match row.text(4)?.as_str() {
        "admin" => Access::Admin,
        "write" => Access::Write,
        _ => Access::Read,
    };
    let projects = match row.optional_text(5)? {
        Some(_) => Some(row.json(5)?),
        None => None,
    };
    Ok(TokenRow {
        account: row.text(1)?,
        hash: row.text(2)?,
        shown: Token {
            id: row.text(0)?,
            name: row.text(3)?,
            access,
            projects,
            last4: row.text(6)?,
            created_at: row.integer(7)?,
            expires_at: row.integer(8)?,
            revoked_at: row.optional_integer(9)?,
        },
    })
}
