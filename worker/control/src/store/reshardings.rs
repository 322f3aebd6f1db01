//! Doublings of shards that are under way.

use worker::Result;

use super::{Db, integer, text};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReshardingRow {
    /// Key of the environment.
    pub(crate) environment: String,
    /// Name of the Project object.
    pub(crate) project: String,
    /// How many shards there will be.
    pub(crate) shards: u32,
    pub(crate) phase: Phase,
}

/// How far a doubling is. Each phase may be begun again after a crash in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The half that moves is being copied.
    Copying,
    /// Every shard lets go of what was copied.
    Switching,
    /// The edge is told.
    Publishing,
}

impl Phase {
    /// The word for it, in the table and in answers.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Copying => "copying",
            Self::Switching => "switching",
            Self::Publishing => "publishing",
        }
    }

    fn parse(word: &str) -> Self {
        match word {
            "switching" => Self::Switching,
            "publishing" => Self::Publishing,
            _ => Self::Copying,
        }
    }
}

/// The doubling of an environment, by key.
pub(crate) fn get(db: &Db, environment: &str) -> Result<Option<ReshardingRow>> {
    let all = all(db)?.into_iter();
    Ok(all.into_iter().find(|row| row.environment == environment))
}

/// All that are under way.
pub(crate) fn all(db: &Db) -> Result<Vec<ReshardingRow>> {
    db.rows(
        "SELECT environment, project, shards, phase FROM resharding ORDER BY environment",
        vec![],
        |row| {
            Ok(ReshardingRow {
                environment: row.text(0)?,
                project: row.text(1)?,
                shards: row.small(2)?,
                phase: Phase::parse(&row.text(3)?),
            })
        },
    )
}

/// Begins one.
pub(crate) fn insert(db: &Db, row: &ReshardingRow, now: u64) -> Result<()> {
    db.run(
        "INSERT OR IGNORE INTO resharding (environment, project, shards, phase, due_at)
         VALUES (?, ?, ?, ?, ?)",
        vec![
            text(&row.environment),
            text(&row.project),
            integer(row.shards),
            text(row.phase.word()),
            integer(now),
        ],
    )
}

/// Goes on to a phase.
pub(crate) fn set_phase(db: &Db, environment: &str, phase: Phase) -> Result<()> {
    db.run(
        "UPDATE resharding SET phase = ? WHERE environment = ?",
        vec![text(phase.word()), text(environment)],
    )
}

/// Tries again later.
pub(crate) fn postpone(db: &Db, environment: &str, due_at: u64) -> Result<()> {
    db.run(
        "UPDATE resharding SET due_at = ? WHERE environment = ?",
        vec![integer(due_at), text(environment)],
    )
}

/// Ends one.
pub(crate) fn delete(db: &Db, environment: &str) -> Result<()> {
    db.run(
        "DELETE FROM resharding WHERE environment = ?",
        vec![text(environment)],
    )
}

/// Epoch milliseconds of the next attempt.
pub(crate) fn next_due(db: &Db) -> Result<Option<u64>> {
    let due = db.row("SELECT MIN(due_at) FROM resharding", vec![], |row| {
        row.optional_integer(0)
    })?;
    Ok(due.flatten())
}
