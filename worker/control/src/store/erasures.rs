//! Erasures of people: what is known of each, and when the next step is due.

use std::collections::{BTreeMap, BTreeSet};

use pennon_api::{Erasure, ErasurePhase, ErasureState};
use worker::Result;

use super::{Db, Row, integer, optional_integer, text};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErasureRow {
    pub(crate) id: String,
    /// Key of the environment.
    pub(crate) environment: String,
    pub(crate) phase: ErasurePhase,
    /// Subjects in hexadecimal digits; none once it is over.
    pub(crate) subjects: BTreeSet<String>,
    /// What each shard said last, by its number.
    pub(crate) shards: BTreeMap<u32, ErasureState>,
    /// Epoch milliseconds.
    pub(crate) requested_at: u64,
    /// Epoch milliseconds.
    pub(crate) done_at: Option<u64>,
    /// Attempts since the last step forward.
    pub(crate) tries: u32,
}

impl ErasureRow {
    /// Takes in what a shard says. What it counts only grows.
    pub(crate) fn hear(&mut self, shard: u32, state: ErasureState) {
        let held = self.shards.entry(shard).or_default();
        held.subjects = held.subjects.max(state.subjects);
        held.lines = held.lines.max(state.lines);
        held.files = held.files.max(state.files);
        held.unreadable.extend(state.unreadable);
        held.done = state.done;
    }

    /// What people are told, of an environment that has this many shards.
    pub(crate) fn shown(&self, shards: u32) -> Erasure {
        let mut sum = ErasureState {
            done: self.phase == ErasurePhase::Done,
            ..ErasureState::default()
        };
        for state in self.shards.values() {
            sum.subjects += state.subjects;
            sum.lines += state.lines;
            sum.files += state.files;
            sum.unreadable.extend(state.unreadable.iter().cloned());
        }
        let is_missing = |shard: &u32| !self.shards.contains_key(shard);
        let missing = match self.phase {
            ErasurePhase::Finding => (0..shards).filter(is_missing).collect(),
            _ => Vec::new(),
        };
        Erasure {
            id: self.id.clone(),
            phase: self.phase,
            state: sum,
            missing,
            requested_at: self.requested_at,
            done_at: self.done_at,
        }
    }
}

/// The erasure with this id, in whatever environment.
pub(crate) fn get(db: &Db, id: &str) -> Result<Option<ErasureRow>> {
    let sql = format!("{SELECT} WHERE id = ?");
    db.row(&sql, vec![text(id)], read)
}

/// Those whose next step is due, the oldest first.
pub(crate) fn due(db: &Db, now: u64, limit: u32) -> Result<Vec<ErasureRow>> {
    let sql =
        format!("{SELECT} WHERE done_at IS NULL AND due_at <= ? ORDER BY requested_at LIMIT ?");
    db.rows(&sql, vec![integer(now), integer(limit)], read)
}

/// Epoch milliseconds of the next step.
pub(crate) fn next_due(db: &Db) -> Result<Option<u64>> {
    let sql = "SELECT MIN(due_at) FROM erasure WHERE done_at IS NULL";
    let due = db.row(sql, vec![], |row| row.optional_integer(0))?;
    Ok(due.flatten())
}

/// Writes one, new or changed, with the time of its next step.
pub(crate) fn put(db: &Db, row: &ErasureRow, due_at: u64) -> Result<()> {
    let subjects: Vec<&str> = row.subjects.iter().map(String::as_str).collect();
    db.run(
        "INSERT OR REPLACE INTO erasure
           (id, environment, phase, subjects, shards, requested_at, done_at, tries, due_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        vec![
            text(&row.id),
            text(&row.environment),
            text(word(row.phase)),
            text(&subjects.join(" ")),
            text(&serde_json::to_string(&row.shards)?),
            integer(row.requested_at),
            optional_integer(row.done_at),
            integer(row.tries),
            integer(due_at),
        ],
    )
}

const SELECT: &str =
    "SELECT id, environment, phase, subjects, shards, requested_at, done_at, tries FROM erasure";

fn read(row: &Row) -> Result<ErasureRow> {
    let subjects = row.text(3)?;
    Ok(ErasureRow {
        id: row.text(0)?,
        environment: row.text(1)?,
        phase: parse(&row.text(2)?),
        subjects: subjects.split_whitespace().map(str::to_owned).collect(),
        shards: row.json(4)?,
        requested_at: row.integer(5)?,
        done_at: row.optional_integer(6)?,
        tries: row.small(7)?,
    })
}

fn word(phase: ErasurePhase) -> &'static str {
    match phase {
        ErasurePhase::Finding => "finding",
        ErasurePhase::Files => "files",
        ErasurePhase::Closing => "closing",
        ErasurePhase::Done => "done",
    }
}

fn parse(word: &str) -> ErasurePhase {
    match word {
        "files" => ErasurePhase::Files,
        "closing" => ErasurePhase::Closing,
        "done" => ErasurePhase::Done,
        _ => ErasurePhase::Finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_are_told_never_goes_back() {
        let state = |subjects, lines, done| ErasureState {
            subjects,
            lines,
            done,
            ..ErasureState::default()
        };
        let mut row = ErasureRow {
            id: "0".repeat(32),
            environment: "live".into(),
            phase: ErasurePhase::Finding,
            subjects: BTreeSet::new(),
            shards: BTreeMap::new(),
            requested_at: 1,
            done_at: None,
            tries: 0,
        };
        row.hear(0, state(1, 2, true));
        assert_eq!(row.shown(2).missing, [1]);
        assert!(!row.shown(2).state.done);
        // A shard that was put back to an older state says less.
        row.hear(0, state(0, 1, false));
        row.hear(1, state(2, 0, true));
        row.phase = ErasurePhase::Done;
        // Twice as many shards change nothing of what is over.
        let shown = row.shown(4);
        assert_eq!((shown.state.subjects, shown.state.lines), (3, 2));
        assert!(shown.state.done && shown.missing.is_empty());
    }
}
