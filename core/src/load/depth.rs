//! How deeply evaluation may recurse.

use alloc::vec;

use super::columns::Columns;
use super::{Checked, MAX_DEPTH};
use crate::error::LoadErrorKind;
use crate::layout::{Table, operator};
use crate::plan::FLAG_RULES;

impl Columns<'_, '_> {
    /// Refuses circles and what nests deeper than [`MAX_DEPTH`].
    ///
    /// Depths only grow from one pass to the next, and stop growing when the plan is sound; the
    /// encoder numbers parents before their children, so that one pass is enough for conditions
    /// and further ones only follow prerequisites.
    pub(super) fn depth(&self) -> Checked {
        let expressions = self.plan.count(Table::Expression);
        let flags = self.plan.count(Table::Flag);
        let len = |count: u32| usize::try_from(count).unwrap_or_default();
        let mut of_expressions = vec![0_u8; len(expressions)];
        let mut of_flags = vec![0_u8; len(flags)];
        for _ in 0..=MAX_DEPTH {
            let mut grew = false;
            for expression in (0..expressions).rev() {
                let &[code, _, _, start, _, _, _, end] =
                    self.plan.row(Table::Expression, expression);
                let operands = (start..end).map(|at| self.plan.cell(Table::Operand, at, 0));
                let deepest = match code {
                    operator::ALL | operator::ANY | operator::NOT => {
                        deepest(&of_expressions, operands)
                    }
                    operator::FLAG_IS => deepest(&of_flags, operands.take(1)),
                    _ => 0,
                };
                grew |= grow(&mut of_expressions, expression, deepest)?;
            }
            for flag in 0..flags {
                let rules = self.plan.span(Table::Flag, flag, FLAG_RULES);
                let conditions = rules
                    .map(|rule| self.plan.cell(Table::Rule, rule, 0))
                    .chain([self.plan.cell(Table::Flag, flag, 4)])
                    .filter_map(|condition| condition.checked_sub(1));
                let deepest = deepest(&of_expressions, conditions);
                grew |= grow(&mut of_flags, flag, deepest)?;
            }
            if !grew {
                return Ok(());
            }
        }
        Err(LoadErrorKind::TooDeep)
    }
}

fn deepest(depths: &[u8], rows: impl Iterator<Item = u32>) -> u8 {
    rows.filter_map(|row| depths.get(usize::try_from(row).ok()?))
        .max()
        .copied()
        .unwrap_or_default()
}

/// Notes the depth of a row over what it leads to, and says whether that is news.
fn grow(depths: &mut [u8], row: u32, deepest: u8) -> Checked<bool> {
    let depth = deepest.saturating_add(1);
    if u32::from(depth) > MAX_DEPTH {
        return Err(LoadErrorKind::TooDeep);
    }
    match usize::try_from(row).ok().and_then(|row| depths.get_mut(row)) {
        Some(known) if *known != depth => {
            *known = depth;
            Ok(true)
        }
        _ => Ok(false),
    }
}
