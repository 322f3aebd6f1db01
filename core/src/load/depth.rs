//! How deeply evaluation may recurse.

use alloc::vec;
use alloc::vec::Vec;

use super::MAX_DEPTH;
use super::columns::Columns;
use crate::layout::{Table, operator};
use crate::plan::FLAG_RULES;

/// How deep each row is known to lead.
struct Depths {
    of: Vec<u8>,
    /// Whether a row has become deeper since this was last set to false.
    grew: bool,
}

impl Depths {
    fn new(rows: u32) -> Self {
        Self {
            of: vec![0; usize::try_from(rows).unwrap_or_default()],
            grew: false,
        }
    }

    fn get(&self, row: u32) -> u8 {
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        self.of.get(row).copied().unwrap_or_default()
    }

    /// A row is one deeper than what it leads to.
    fn set(&mut self, row: u32, deepest: u8) {
        let depth = deepest.saturating_add(1);
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        if let Some(known) = self.of.get_mut(row) {
            // What is too deep never settles.
            self.grew |= *known != depth || depth > MAX_DEPTH;
            *known = depth;
        }
    }
}

impl Columns<'_, '_> {
    /// Whether anything nests deeper than [`MAX_DEPTH`]; circles do.
    ///
    /// Depths only grow from one pass to the next, and stop growing when the plan is sound; the
    /// encoder numbers parents before their children, so that one pass is enough for conditions
    /// and further ones only follow prerequisites.
    pub(super) fn is_too_deep(&self) -> bool {
        let mut expressions = Depths::new(self.plan.count(Table::Expression));
        let mut flags = Depths::new(self.plan.count(Table::Flag));
        for _ in 0..=MAX_DEPTH {
            expressions.grew = false;
            flags.grew = false;
            for expression in (0..self.plan.count(Table::Expression)).rev() {
                let deepest = self.under_expression(expression, &expressions, &flags);
                expressions.set(expression, deepest);
            }
            for flag in 0..self.plan.count(Table::Flag) {
                let deepest = self.under_flag(flag, &expressions);
                flags.set(flag, deepest);
            }
            if !expressions.grew && !flags.grew {
                return false;
            }
        }
        true
    }

    fn under_expression(&self, expression: u32, expressions: &Depths, flags: &Depths) -> u8 {
        let &[code, _, _, start, _, _, _, end] = self.plan.row(Table::Expression, expression);
        let mut deepest = 0;
        if code <= operator::NOT {
            for operand in start..end {
                let child = self.plan.cell(Table::Operand, operand, 0);
                deepest = deepest.max(expressions.get(child));
            }
        }
        if code == operator::FLAG_IS {
            deepest = flags.get(self.plan.cell(Table::Operand, start, 0));
        }
        deepest
    }

    fn under_flag(&self, flag: u32, expressions: &Depths) -> u8 {
        // Conditions are stored as their row plus one.
        let prerequisites = self.plan.cell(Table::Flag, flag, 4);
        let mut deepest = expressions.get(prerequisites.wrapping_sub(1));
        for rule in self.plan.span(Table::Flag, flag, FLAG_RULES) {
            let when = self.plan.cell(Table::Rule, rule, 0);
            deepest = deepest.max(expressions.get(when.wrapping_sub(1)));
        }
        deepest
    }
}
