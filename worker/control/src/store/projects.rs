//! Projects of the installation.

use pennon_api::Project;
use worker::Result;

use super::{Db, Row, integer, text};

/// The project with this key.
pub(crate) fn get(db: &Db, account: &str, key: &str) -> Result<Option<Project>> {
    let sql = "SELECT key, name, created_at FROM project WHERE account = ? AND key = ?";
    db.row(sql, vec![text(account), text(key)], read)
}

/// All projects of an account by key.
pub(crate) fn of_account(db: &Db, account: &str) -> Result<Vec<Project>> {
    let sql = "SELECT key, name, created_at FROM project WHERE account = ? ORDER BY key";
    db.rows(sql, vec![text(account)], read)
}

/// Adds a project.
pub(crate) fn insert(db: &Db, account: &str, project: &Project) -> Result<()> {
    let sql = "INSERT INTO project (account, key, name, created_at) VALUES (?, ?, ?, ?)";
    let bindings = vec![
        text(account),
        text(&project.key),
        text(&project.name),
        integer(project.created_at),
    ];
    db.run(sql, bindings)
}

/// Removes a project.
pub(crate) fn delete(db: &Db, account: &str, key: &str) -> Result<()> {
    db.run(
        "DELETE FROM project WHERE account = ? AND key = ?",
        vec![text(account), text(key)],
    )
}

fn read(row: &Row) -> Result<Project> {
    Ok(Project {
        key: row.text(0)?,
        name: row.text(1)?,
        created_at: row.integer(2)?,
    })
}
