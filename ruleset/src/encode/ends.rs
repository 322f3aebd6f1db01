//! Columns that name rows as they are: they come after every reference to "the next" row.

use pennon_core::layout::{Table, bits};

use super::codes::{basis_points, numbered, outcome_code};
use super::columns::Columns;
use super::number;
use super::numbering::Numbering;
use crate::program::{Algorithm, Entry, Program};

impl<'p> Columns<'p> {
    pub(super) fn entries(&mut self, numbering: &Numbering<'p>) {
        for shape in &numbering.shapes.rows {
            let is_native = shape
                .hash()
                .is_none_or(|hash| hash.algorithm == Algorithm::Native);
            let mut position = 0;
            for Entry { range, outcome } in shape.entries() {
                let (from, to) = if is_native {
                    let (from, to) = (basis_points(range.from), basis_points(range.to));
                    let gap = from.wrapping_sub(position).cast_signed();
                    position = to.max(from);
                    let zigzag = (gap << 1) ^ (gap >> 31);
                    (zigzag.cast_unsigned(), to.saturating_sub(from))
                } else {
                    (self.numbers.row(range.from), self.numbers.row(range.to))
                };
                self.push(Table::Entry, 0, from);
                self.push(Table::Entry, 1, to);
                let included = if range.to_included {
                    bits::TO_INCLUDED
                } else {
                    0
                };
                self.push(Table::Entry, 2, if is_native { 0 } else { included });
                self.push(Table::Entry, 3, outcome_code(outcome));
            }
        }
    }

    /// 0 for the id that follows from the rule's place, odd for another number, even for a text.
    pub(super) fn rule_ids(&mut self, numbering: &Numbering<'p>) {
        for flag in &numbering.flags {
            for (rule, usual) in flag.rules.iter().zip(1..) {
                let code = match numbered(&rule.id) {
                    Some(number) if number == usual => 0,
                    Some(number) => (number << 1) | 1,
                    None => (self.texts.row(&rule.id) + 1) << 1,
                };
                self.push(Table::Rule, 3, code);
            }
        }
    }

    pub(super) fn lists(&mut self, program: &'p Program, numbering: &Numbering<'p>) {
        for &list in &numbering.lists {
            let Some(list) = usize::try_from(list)
                .ok()
                .and_then(|list| program.lists.get(list))
            else {
                continue;
            };
            let [high, low] = list.seeds;
            self.push(Table::List, 0, high);
            self.push(Table::List, 1, low);
            self.push(Table::List, 2, number(list.hashes.len()));
            for &hash in &list.hashes {
                self.push_halves(Table::Member, hash);
            }
        }
    }

    pub(super) fn text_rows(&mut self) {
        let lengths: Vec<_> = self.texts.rows().iter().map(|text| text.len()).collect();
        for len in lengths {
            self.push(Table::Text, 0, number(len));
        }
    }

    pub(super) fn number_rows(&mut self) {
        for value in std::mem::take(&mut self.numbers.rows) {
            let size = value.abs();
            let is_whole = size.fract() == 0.0 && size < 9_007_199_254_740_992.0;
            if is_whole && !(value == 0.0 && value.is_sign_negative()) {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "whole and below 2^53"
                )]
                self.push_halves(Table::Number, size as u64);
                self.push(Table::Number, 2, u32::from(value < 0.0));
            } else {
                self.push_halves(Table::Number, value.to_bits());
                self.push(Table::Number, 2, 2);
            }
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "both halves of the number are written"
    )]
    fn push_halves(&mut self, table: Table, value: u64) {
        self.push(table, 0, value as u32);
        self.push(table, 1, (value >> 32) as u32);
    }
}
