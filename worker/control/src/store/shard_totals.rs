//! The newest totals of each shard.

use pennon_api::ShardTotals;
use serde::Serialize;
use worker::Result;

use super::{Db, integer, text};

/// Bytes of one part; a row holds at most 2 MB.
const PART_BYTES: usize = 1_000_000;

/// Whose totals.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    /// Id of the environment.
    pub(crate) environment: &'a str,
    pub(crate) shard: u32,
    /// Empty for all flags.
    pub(crate) flag: &'a str,
}

impl Source<'_> {
    fn bindings(self) -> Vec<worker::SqlStorageValue> {
        vec![text(self.environment), integer(self.shard), text(self.flag)]
    }
}

/// The newest that is known of a shard.
pub(crate) fn newest(db: &Db, source: Source<'_>) -> Result<Option<ShardTotals>> {
    let parts = |kind: &str| {
        let mut bindings = source.bindings();
        bindings.push(text(kind));
        db.rows(
            "SELECT body FROM told_totals
             WHERE environment = ? AND shard = ? AND flag = ? AND kind = ? ORDER BY part",
            bindings,
            |row| row.text(0),
        )
    };
    let Some(head) = parts("head")?.pop() else {
        return Ok(None);
    };
    let mut totals: ShardTotals = serde_json::from_str(&head)?;
    for part in parts("cells")? {
        totals.cells.append(&mut serde_json::from_str(&part)?);
    }
    for part in parts("levels")? {
        totals.levels.append(&mut serde_json::from_str(&part)?);
    }
    Ok(Some(totals))
}

/// Replaces what is known of a shard.
pub(crate) fn put(db: &Db, source: Source<'_>, totals: &ShardTotals) -> Result<()> {
    db.run(
        "DELETE FROM told_totals WHERE environment = ? AND shard = ? AND flag = ?",
        source.bindings(),
    )?;
    let head = ShardTotals {
        cells: Vec::new(),
        levels: Vec::new(),
        ..*totals
    };
    let kinds = [
        ("head", vec![serde_json::to_string(&head)?]),
        ("cells", parts(&totals.cells)?),
        ("levels", parts(&totals.levels)?),
    ];
    for (kind, bodies) in kinds {
        for (part, body) in (0_u64..).zip(bodies) {
            let mut bindings = source.bindings();
            bindings.extend([text(kind), integer(part), text(&body)]);
            db.run(
                "INSERT INTO told_totals (environment, shard, flag, kind, part, body)
                 VALUES (?, ?, ?, ?, ?, ?)",
                bindings,
            )?;
        }
    }
    Ok(())
}

/// Lists in JSON that are short enough for a row each.
fn parts<T: Serialize>(items: &[T]) -> Result<Vec<String>> {
    let mut parts: Vec<String> = Vec::new();
    for item in items {
        let item = serde_json::to_string(item)?;
        match parts.last_mut() {
            Some(part) if part.len() + item.len() < PART_BYTES => {
                part.push(',');
                part.push_str(&item);
            }
            _ => parts.push(format!("[{item}")),
        }
    }
    for part in &mut parts {
        part.push(']');
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_short_and_together_the_list() {
        for (count, bytes) in [(0, 10), (1, 2_000_000), (3, 600_000), (100_000, 90)] {
            let items = vec!["x".repeat(bytes); count];
            let parts = parts(&items).unwrap();
            let mut read: Vec<String> = Vec::new();
            for part in &parts {
                assert!(part.len() <= PART_BYTES + 1 || bytes > PART_BYTES);
                read.append(&mut serde_json::from_str(part).unwrap());
            }
            assert!(read == items, "{count} of {bytes}");
            assert!(parts.len() <= 1 + count * (bytes + 3) / 500_000);
        }
    }
}
