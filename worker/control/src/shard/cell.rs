//! Sums over subjects, collected in a block and written at its end.

use std::collections::BTreeMap;

use worker::{Result, SqlStorageValue};

use crate::store::{Db, integer, text};

/// What a cell counts. Sums by dimension are not collected here: every cell is of `total`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CellKey {
    pub(super) flag: String,
    pub(super) unit_type: String,
    pub(super) epoch: u32,
    pub(super) stratum: String,
    pub(super) variant: String,
    pub(super) metric: String,
    /// Days since 1970.
    pub(super) day: u64,
}

/// What one delivery changes; several changes of one cell are one row.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<CellKey, i64>);

impl Tally {
    /// Counts subjects in, or out.
    pub(super) fn add(&mut self, key: CellKey, by: i64) {
        *self.0.entry(key).or_default() += by;
    }

    /// Adds the changes to the stored sums.
    pub(super) fn write(self, db: &Db) -> Result<()> {
        for (key, change) in self.0.into_iter().filter(|(_, change)| *change != 0) {
            db.run(
                "INSERT INTO cell
                   (flag, unit_type, epoch, stratum, variant, metric, dimension, level, day, n)
                 VALUES (?, ?, ?, ?, ?, ?, 'total', '', ?, ?)
                 ON CONFLICT DO UPDATE SET n = n + excluded.n",
                vec![
                    text(&key.flag),
                    text(&key.unit_type),
                    integer(key.epoch),
                    text(&key.stratum),
                    text(&key.variant),
                    text(&key.metric),
                    integer(key.day),
                    SqlStorageValue::Integer(change),
                ],
            )?;
        }
        Ok(())
    }
}
