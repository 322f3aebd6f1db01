//! Cells of totals, as sums that can be added and taken away exactly.

use std::collections::BTreeMap;

use pennon_api::{CellKey, ShardCell};
use serde::{Deserialize, Serialize};

use crate::Sums;

/// What one cell counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// Subjects.
    pub n: i64,
    /// Their moments.
    pub sums: Sums,
}

impl Cell {
    /// Whether nothing is counted.
    pub fn is_zero(self) -> bool {
        self.n == 0 && self.sums.is_zero()
    }
}

/// A cell as text, the form in which it is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row(pub ShardCell);

/// Cells by their keys; a cell in which everything is 0 is not there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cells(BTreeMap<CellKey, Cell>);

impl Cells {
    /// Counts one cell more.
    pub fn add(&mut self, key: CellKey, cell: Cell) {
        self.change(key, cell, |held, cell| Cell {
            n: held.n.wrapping_add(cell.n),
            sums: held.sums.plus(cell.sums),
        });
    }

    /// Counts all cells of others in.
    pub fn add_all(&mut self, others: Self) {
        for (key, cell) in others.0 {
            self.add(key, cell);
        }
    }

    /// Takes all cells of others out.
    pub fn take_all(&mut self, others: Self) {
        for (key, cell) in others.0 {
            self.change(key, cell, |held, cell| Cell {
                n: held.n.wrapping_sub(cell.n),
                sums: held.sums.minus(cell.sums),
            });
        }
    }

    /// In the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&CellKey, &Cell)> {
        self.0.iter()
    }

    /// Whether nothing is counted at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As rows of text.
    pub fn to_rows(&self) -> Vec<Row> {
        let row = |(key, cell): (&CellKey, &Cell)| {
            Row(ShardCell {
                key: key.clone(),
                n: cell.n,
                sums: cell.sums.to_string(),
            })
        };
        self.0.iter().map(row).collect()
    }

    /// From rows of text.
    ///
    /// # Errors
    ///
    /// The first sum that is no integer.
    pub fn from_rows<'a>(rows: impl IntoIterator<Item = &'a ShardCell>) -> Result<Self, String> {
        let mut cells = Self::default();
        for row in rows {
            let sums = row.sums.parse()?;
            cells.add(row.key.clone(), Cell { n: row.n, sums });
        }
        Ok(cells)
    }

    fn change(&mut self, key: CellKey, cell: Cell, combine: impl Fn(Cell, Cell) -> Cell) {
        let held = self.0.get(&key).copied().unwrap_or_default();
        let changed = combine(held, cell);
        if changed.is_zero() {
            self.0.remove(&key);
        } else {
            self.0.insert(key, changed);
        }
    }
}
