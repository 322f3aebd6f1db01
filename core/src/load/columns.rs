//! Columns into words, and the references that the columns hold.

use super::reader::Reader;
use crate::decision::PackedOutcome;
use crate::layout::{COLUMNS, Column, Field, SHAPE, TABLES, Table};
use crate::plan::Plan;

/// The plan while it loads.
pub(super) struct Columns<'p> {
    pub(super) reader: Reader,
    pub(super) plan: &'p mut Plan,
    /// The next row of each table that no reference has named.
    next: [u32; TABLES],
    /// Where the bytes of texts begin.
    pub(super) texts: u32,
    /// The same for groups, which follow the leaves in the table of conditions.
    pub(super) next_group: u32,
}

impl<'p> Columns<'p> {
    pub(super) fn new(plan: &'p mut Plan) -> Self {
        Self {
            reader: Reader::default(),
            plan,
            next: [0; TABLES],
            texts: 0,
            next_group: 0,
        }
    }

    /// The next number.
    pub(super) fn number(&mut self) -> u32 {
        self.reader.number(&self.plan.bytes)
    }

    pub(super) fn require(&mut self, holds: bool) {
        self.reader.require(holds);
    }

    /// Reads every column of every table, and the end.
    pub(super) fn read(&mut self) {
        // The keys of flags are the first texts.
        if let Some(next) = self.next.get_mut(Table::Text.index()) {
            *next = self.plan.count(Table::Flag);
        }
        let mut table_before = Table::Bytes;
        let mut at = 0_u32;
        for (table, column) in &COLUMNS {
            if *table != table_before {
                table_before = *table;
                at = 0;
            }
            self.column(*table, Field::new(*table, at), *column);
            at = at.wrapping_add(1);
        }
        let is_at_end = self.reader.at == self.plan.bytes.len();
        self.require(is_at_end);
    }

    fn column(&mut self, table: Table, field: Field, column: Column) {
        let rows = self.plan.count(table);
        // Texts begin where the columns begin; other spans begin at row 0.
        let first = if table == Table::Text { self.texts } else { 0 };
        let mut sum = first;
        for row in 0..rows {
            let code = match column {
                Column::Unsent => 0,
                Column::Raw => self.reader.word(&self.plan.bytes),
                _ => self.number(),
            };
            let value = match column {
                Column::Reference(to) => self.reference(to, code),
                Column::Optional(to) => self.optional(to, code),
                Column::Row(to) => self.within(to, code),
                Column::Outcome => self.outcome(code),
                Column::Target if code & 1 == 0 => self.outcome(code >> 1),
                Column::Target => self.reference(Table::Shape, code >> 1) | SHAPE,
                Column::Span(_) => {
                    let begin = sum;
                    sum = sum.saturating_add(code);
                    begin
                }
                _ => code,
            };
            self.plan.set(field, row, value);
        }
        if let Column::Span(to) = column {
            self.plan.set(field, rows, sum);
            self.require(sum.wrapping_sub(first) == self.plan.count(to));
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

    /// The ten bits of an outcome.
    pub(super) fn outcome(&mut self, code: u32) -> u32 {
        let outcome = PackedOutcome::from_wire(code);
        self.require(outcome.is_some());
        outcome.unwrap_or_default()
    }

    /// The row, if the table has it.
    pub(super) fn within(&mut self, to: Table, row: u32) -> u32 {
        self.require(row < self.plan.count(to));
        row
    }
}
