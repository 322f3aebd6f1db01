//! Reads the tables of a loaded plan; what their words mean is in `docs/plan-format.md`.

use pennon_core::layout::{Field, SHAPE, Table, bits};
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

    pub(super) fn text(&self, row: u32) -> &'a str {
        self.plan.str(row)
    }

    pub(super) fn number(&self, row: u32) -> f64 {
        self.plan.number(row)
    }

    pub(super) fn prerequisites(&self, flag: u32) -> Option<u32> {
        self.plan
            .cell(Field::FLAG_PREREQUISITES, flag)
            .checked_sub(1)
    }

    fn rule_row(&self, flag: u32, rule: u32) -> u32 {
        self.plan.span(Field::FLAG_RULES, flag).start + rule
    }

    pub(super) fn rule_condition(&self, flag: u32, rule: u32) -> Option<u32> {
        self.plan
            .cell(Field::RULE_WHEN, self.rule_row(flag, rule))
            .checked_sub(1)
    }

    /// The shape of a rule's distribution, or of the fallthrough's.
    pub(super) fn distribution(&self, flag: u32, rule: Option<u32>) -> Option<Shape> {
        let target = match rule {
            Some(rule) => self
                .plan
                .cell(Field::RULE_TARGET, self.rule_row(flag, rule)),
            None => self.plan.cell(Field::FLAG_FALLTHROUGH, flag),
        };
        let [_, _, own_unit, ..] = self.plan.row(Table::Flag, flag);
        (target & SHAPE != 0).then(|| self.shape(target & !SHAPE, *own_unit))
    }

    pub(super) fn shape(&self, shape: u32, own_unit: u32) -> Shape {
        let hash = self.plan.cell(Field::SHAPE_HASH, shape).checked_sub(1);
        let algorithm = |hash| self.plan.cell(Field::HASH_ALGORITHM, hash);
        let is_native = hash.is_none_or(|hash| algorithm(hash) == Algorithm::Native.code());
        let units = match hash {
            Some(hash) => self
                .plan
                .span(Field::HASH_UNITS, hash)
                .map(|unit| self.plan.cell(Field::UNIT_SLOT, unit))
                .collect(),
            None => vec![own_unit],
        };
        let bound = |word| {
            if is_native {
                f64::from(word)
            } else {
                self.plan.number(word)
            }
        };
        let entry = |row| {
            let [from, to, entry_bits, outcome, ..] = *self.plan.row(Table::Entry, row);
            let (from, to) = (bound(from), bound(to));
            Entry {
                from,
                to,
                to_included: entry_bits & bits::TO_INCLUDED != 0,
                outcome,
            }
        };
        let entries = self
            .plan
            .span(Field::SHAPE_ENTRIES, shape)
            .map(entry)
            .collect();
        Shape {
            is_native,
            units,
            entries,
        }
    }

    pub(super) fn condition(&self, expression: u32) -> Row {
        // Two rows: the operands end where those of the next condition begin.
        let [operator, bits, slot, start, _, _, _, end] =
            *self.plan.row(Table::Expression, expression);
        let operands = (start..end)
            .map(|row| self.plan.cell(Field::OPERAND, row))
            .collect();
        Row {
            operator,
            bits,
            slot,
            operands,
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
