//! The append-only record of who changed what, as a chain of hashes.

use worker::Result;

use super::{Db, integer, optional_integer, text};
use crate::credential::sha256_hex;
use crate::policy::Actor;

/// What is written down about one change.
#[derive(Debug, Clone)]
pub(crate) struct AuditEntry {
    /// What was done, such as `flag.update`.
    pub(crate) action: &'static str,
    /// To what, such as `environments/live/flags/checkout`.
    pub(crate) target: String,
    /// The version it made, where the target has versions.
    pub(crate) version: Option<u32>,
    /// SHA-256 of the document it stored, or of nothing.
    pub(crate) content: String,
}

/// Appends an entry.
///
/// Each row's hash covers the hash before it, so that no row can be changed or removed without
/// every later hash being wrong.
pub(crate) fn append(db: &Db, actor: &Actor, entry: &AuditEntry, at: u64) -> Result<()> {
    let last = db.row(
        "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1",
        vec![],
        |row| Ok((row.integer(0)?, row.text(1)?)),
    )?;
    let (seq, previous) = last.unwrap_or_default();
    let row = (
        &previous,
        at,
        &actor.token,
        &actor.name,
        entry.action,
        &entry.target,
        entry.version,
        &entry.content,
    );
    let hash = sha256_hex(&serde_json::to_vec(&row)?);
    let sql = "INSERT INTO audit (seq, hash, at, token, actor, action, target, version, content)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let bindings = vec![
        integer(seq + 1),
        text(&hash),
        integer(at),
        text(&actor.token),
        text(&actor.name),
        text(entry.action),
        text(&entry.target),
        optional_integer(entry.version.map(u64::from)),
        text(&entry.content),
    ];
    db.run(sql, bindings)
}
