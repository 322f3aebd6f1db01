//! The texts of a plan, each once: the keys of the flags, then the others as they are met.

use std::collections::HashMap;

use super::number;

#[derive(Default)]
pub(super) struct Texts<'p> {
    rows: Vec<&'p str>,
    known: HashMap<&'p str, u32>,
}

impl<'p> Texts<'p> {
    /// The row of a text.
    pub(super) fn row(&mut self, text: &'p str) -> u32 {
        let rows = &mut self.rows;
        *self.known.entry(text).or_insert_with(|| {
            rows.push(text);
            number(rows.len() - 1)
        })
    }

    /// A reference: 0 for a text that is met for the first time, else its row plus one.
    pub(super) fn reference(&mut self, text: &'p str) -> u32 {
        if let Some(row) = self.known.get(text) {
            row + 1
        } else {
            self.row(text);
            0
        }
    }

    /// A reference plus one, or 0 for none.
    pub(super) fn optional(&mut self, text: Option<&'p str>) -> u32 {
        text.map_or(0, |text| self.reference(text) + 1)
    }

    pub(super) fn rows(&self) -> &[&'p str] {
        &self.rows
    }
}
