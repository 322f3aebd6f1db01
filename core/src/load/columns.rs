//! Columns into words, and the references that the columns hold.

use super::reader::Reader;
use crate::layout::{COLUMNS, Column, TABLES, Table};
use crate::plan::Plan;

/// The plan while it loads.
pub(super) struct Columns<'r, 'a> {
    reader: &'r mut Reader<'a>,
    pub(super) plan: Plan,
    /// The next row of each table that no reference has named.
    next: [u32; TABLES],
    /// The same for groups, which follow the leaves in the table of conditions.
    next_group: u32,
}

impl<'r, 'a> Columns<'r, 'a> {
    pub(super) fn new(reader: &'r mut Reader<'a>, plan: Plan, leaves: u32) -> Self {
        let mut next = [0; TABLES];
        // The keys of flags are the first texts.
        if let Some(next) = next.get_mut(Table::Text.index()) {
            *next = plan.count(Table::Flag);
        }
        Self {
            reader,
            plan,
            next,
            next_group: leaves,
        }
    }

    pub(super) fn is_bad(&self) -> bool {
        self.reader.is_bad
    }

    pub(super) fn require(&mut self, holds: bool) {
        self.reader.require(holds);
    }

    /// Reads every column of every table, and the end.
    pub(super) fn read(&mut self) {
        for (table, columns) in Table::ALL.into_iter().zip(COLUMNS) {
            for (at, column) in (0..).zip(columns) {
                self.column(table, at, *column);
            }
        }
        let is_at_end = self.reader.rest.is_empty();
        self.require(is_at_end);
    }

    fn column(&mut self, table: Table, at: u32, column: Column) {
        let rows = self.plan.count(table);
        let mut sum = 0_u32;
        for row in 0..rows {
            let code = match column {
                Column::Unsent => 0,
                Column::Raw => self
                    .reader
                    .take(4)
                    .iter()
                    .rev()
                    .fold(0, |word, &byte| (word << 8) | u32::from(byte)),
                _ => self.reader.number(),
            };
            let value = match column {
                Column::Reference(to) => self.reference(to, code),
                Column::Optional(to) => self.optional(to, code),
                Column::Span(_) => {
                    let begin = sum;
                    sum = sum.saturating_add(code);
                    begin
                }
                _ => code,
            };
            self.plan.set(table, row, at, value);
        }
        if let Column::Span(to) = column {
            self.plan.set(table, rows, at, sum);
            self.require(sum == self.plan.count(to));
        }
    }

    /// The row that a reference names, checked.
    pub(super) fn reference(&mut self, to: Table, mut code: u32) -> u32 {
        let mut next = self.next.get_mut(to.index());
        if to == Table::Expression {
            // Leaves and groups are counted apart.
            if code == 1 {
                next = Some(&mut self.next_group);
                code = 0;
            } else {
                code = code.saturating_sub(1);
            }
        }
        let row = match (code.checked_sub(1), next) {
            (Some(row), _) => row,
            (None, Some(next)) => {
                let row = *next;
                *next = row.wrapping_add(1);
                row
            }
            (None, None) => 0,
        };
        self.within(to, row)
    }

    /// 0, or the row that a reference names plus one.
    pub(super) fn optional(&mut self, to: Table, code: u32) -> u32 {
        match code.checked_sub(1) {
            None => 0,
            Some(code) => self.reference(to, code).wrapping_add(1),
        }
    }

    /// The row, if the table has it.
    pub(super) fn within(&mut self, to: Table, row: u32) -> u32 {
        self.require(row < self.plan.count(to));
        row
    }
}
