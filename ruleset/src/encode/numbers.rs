//! The numbers of a plan, each once.

use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Numbers {
    pub(super) rows: Vec<f64>,
    known: HashMap<u64, u32>,
}

impl Numbers {
    /// The row of a number.
    pub(super) fn row(&mut self, number: f64) -> u32 {
        let rows = &mut self.rows;
        *self.known.entry(number.to_bits()).or_insert_with(|| {
            rows.push(number);
            super::number(rows.len() - 1)
        })
    }

    /// 0 for a number that is met for the first time, else its row plus one.
    pub(super) fn reference(&mut self, number: f64) -> u32 {
        if let Some(row) = self.known.get(&number.to_bits()) {
            row + 1
        } else {
            self.row(number);
            0
        }
    }
}
