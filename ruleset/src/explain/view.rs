//! Reads the tables of a loaded plan; what their words mean is in `docs/plan-format.md`.

use std::ops::Range;

use pennon_core::layout::{SHAPE, Table, bits};
use pennon_core::{Algorithm, Plan, Slot, Source};

/// A loaded plan as tables.
pub(super) struct View<'a> {
    pub(super) plan: &'a Plan,
    slots: Vec<Slot<'a>>,
}

/// A row of the conditions.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) operator: u32,
    pub(super) bits: u32,
    pub(super) slot: u32,
    pub(super) operands: Vec<u32>,
}

/// Ranges of a hash.
pub(super) struct Shape {
    pub(super) is_native: bool,
    /// Slots of the units, in order.
    pub(super) units: Vec<u32>,
    pub(super) entries: Vec<Entry>,
}

/// One range: native positions inclusive, others in their own space.
pub(super) struct Entry {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) to_included: bool,
    /// Ten bits, as in a decision.
    pub(super) outcome: u32,
}

impl<'a> View<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            slots: plan.slots().collect(),
        }
    }

    fn cell(&self, table: Table, row: u32, column: usize) -> u32 {
        let width = table.columns().len();
        let place = self.plan.base(table) as usize + row as usize * width + column;
        self.plan.words().get(place).copied().unwrap_or_default()
    }

    fn span(&self, table: Table, row: u32, column: usize) -> Range<u32> {
        self.cell(table, row, column)..self.cell(table, row + 1, column)
    }

    pub(super) fn text(&self, row: u32) -> &'a str {
        let span = self.span(Table::Text, row, 0);
        let bytes = self
            .plan
            .bytes()
            .get(span.start as usize..span.end as usize);
        std::str::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }

    pub(super) fn number(&self, row: u32) -> f64 {
        let [low, high, form] = [0, 1, 2].map(|column| self.cell(Table::Number, row, column));
        let whole = f64::from(high) * 4_294_967_296.0 + f64::from(low);
        match form {
            0 => whole,
            1 => -whole,
            _ => f64::from_bits((u64::from(high) << 32) | u64::from(low)),
        }
    }

    pub(super) fn prerequisites(&self, flag: u32) -> Option<u32> {
        self.cell(Table::Flag, flag, 4).checked_sub(1)
    }

    fn rule_row(&self, flag: u32, rule: u32) -> u32 {
        self.span(Table::Flag, flag, 8).start + rule
    }

    pub(super) fn rule_condition(&self, flag: u32, rule: u32) -> Option<u32> {
        self.cell(Table::Rule, self.rule_row(flag, rule), 0)
            .checked_sub(1)
    }

    /// The shape of a rule's distribution, or of the fallthrough's.
    pub(super) fn distribution(&self, flag: u32, rule: Option<u32>) -> Option<Shape> {
        let target = match rule {
            Some(rule) => self.cell(Table::Rule, self.rule_row(flag, rule), 1),
            None => self.cell(Table::Flag, flag, 6),
        };
        let own_unit = self.cell(Table::Flag, flag, 2);
        (target & SHAPE != 0).then(|| self.shape(target & !SHAPE, own_unit))
    }

    pub(super) fn shape(&self, shape: u32, own_unit: u32) -> Shape {
        let hash = self.cell(Table::Shape, shape, 0).checked_sub(1);
        let is_native =
            hash.is_none_or(|hash| self.cell(Table::Hash, hash, 0) == Algorithm::Native.code());
        let units = match hash {
            Some(hash) => self
                .span(Table::Hash, hash, 7)
                .map(|unit| self.cell(Table::Unit, unit, 0))
                .collect(),
            None => vec![own_unit],
        };
        let entry = |row| {
            let bound = |column| {
                let word = self.cell(Table::Entry, row, column);
                if is_native {
                    f64::from(word)
                } else {
                    self.number(word)
                }
            };
            Entry {
                from: bound(0),
                to: bound(1),
                to_included: self.cell(Table::Entry, row, 2) & bits::TO_INCLUDED != 0,
                outcome: self.cell(Table::Entry, row, 3),
            }
        };
        Shape {
            is_native,
            units,
            entries: self.span(Table::Shape, shape, 3).map(entry).collect(),
        }
    }

    pub(super) fn condition(&self, expression: u32) -> Row {
        Row {
            operator: self.cell(Table::Expression, expression, 0),
            bits: self.cell(Table::Expression, expression, 1),
            slot: self.cell(Table::Expression, expression, 2),
            operands: self
                .span(Table::Expression, expression, 3)
                .map(|operand| self.cell(Table::Operand, operand, 0))
                .collect(),
        }
    }

    /// What people call the place of the context.
    pub(super) fn subject(&self, slot: u32) -> String {
        match self.slots.get(slot as usize).map(|slot| slot.source) {
            Some(Source::Unit(kind)) => format!("the {kind} id"),
            Some(Source::Attribute(name)) => format!("`{name}`"),
            Some(Source::GroupAttribute { group, name }) => format!("`{name}` of the {group}"),
            None => "something".to_owned(),
        }
    }

    pub(super) fn source(&self, slot: u32) -> Option<Source<'a>> {
        self.slots.get(slot as usize).map(|slot| slot.source)
    }
}
