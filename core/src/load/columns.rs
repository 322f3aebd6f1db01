//! Columns into words, and the references that the columns hold.

use super::Checked;
use super::reader::Reader;
use crate::error::LoadErrorKind;
use crate::layout::{Column, TABLES, Table};
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

    /// Reads every column of every table.
    pub(super) fn read(&mut self) -> Checked {
        for table in Table::ALL {
            for (at, &column) in table.columns().iter().enumerate() {
                self.column(table, u32::try_from(at).unwrap_or_default(), column)?;
            }
        }
        Ok(())
    }

    fn column(&mut self, table: Table, at: u32, column: Column) -> Checked {
        let rows = self.plan.count(table);
        let mut sum = 0_u32;
        for row in 0..rows {
            let value = match column {
                Column::Number => self.reader.number()?,
                Column::Reference(to) => {
                    let code = self.reader.number()?;
                    self.reference(to, code)?
                }
                Column::Optional(to) => {
                    let code = self.reader.number()?;
                    self.optional(to, code)?
                }
                Column::Span(_) => {
                    let begin = sum;
                    sum = sum
                        .checked_add(self.reader.number()?)
                        .ok_or(LoadErrorKind::Damaged)?;
                    begin
                }
                Column::Raw => {
                    let bytes = self.reader.take(4)?;
                    bytes
                        .iter()
                        .rev()
                        .fold(0, |word, &byte| (word << 8) | u32::from(byte))
                }
                Column::Unsent => 0,
            };
            self.plan.set(table, row, at, value);
        }
        if let Column::Span(to) = column {
            self.plan.set(table, rows, at, sum);
            if sum != self.plan.count(to) {
                return Err(LoadErrorKind::Damaged);
            }
        }
        Ok(())
    }

    /// The row that a reference names, checked.
    pub(super) fn reference(&mut self, to: Table, code: u32) -> Checked<u32> {
        let (next, known) = match (to, code) {
            (Table::Expression, 1) => (Some(&mut self.next_group), 0),
            (Table::Expression, _) => (self.next.get_mut(to.index()), code.wrapping_sub(2)),
            _ => (self.next.get_mut(to.index()), code.wrapping_sub(1)),
        };
        let row = match next {
            Some(next) if code == 0 || (to == Table::Expression && code == 1) => {
                let row = *next;
                *next = row.wrapping_add(1);
                row
            }
            _ => known,
        };
        self.within(to, row)
    }

    /// 0, or the row that a reference names plus one.
    pub(super) fn optional(&mut self, to: Table, code: u32) -> Checked<u32> {
        match code.checked_sub(1) {
            None => Ok(0),
            Some(code) => Ok(self.reference(to, code)?.wrapping_add(1)),
        }
    }

    /// The row, if the table has it.
    pub(super) fn within(&self, to: Table, row: u32) -> Checked<u32> {
        if row < self.plan.count(to) {
            Ok(row)
        } else {
            Err(LoadErrorKind::Damaged)
        }
    }
}
