//! How deeply evaluation may recurse.

use alloc::vec;

use super::MAX_DEPTH;
use super::columns::Columns;
use crate::layout::{Field, Table, operator};

impl Columns {
    /// Whether anything nests deeper than [`MAX_DEPTH`]; circles do.
    ///
    /// Depths only grow from one pass to the next, and stop growing when the plan is sound; the
    /// encoder numbers parents before their children, so that one pass is enough for conditions
    /// and further ones only follow prerequisites.
    pub(super) fn is_too_deep(&self) -> bool {
        let expressions = self.plan.count(Table::Expression);
        let flags = self.plan.count(Table::Flag);
        // Flags come first; conditions are referred to by their row plus one.
        let rows = flags.saturating_add(expressions).saturating_add(1);
        let mut depths = vec![0; usize::try_from(rows).unwrap_or_default()];
        for _ in 0..=MAX_DEPTH {
            let mut grew = false;
            for row in (0..rows).rev() {
                let mut deepest = 0;
                if let Some(expression) = row.checked_sub(flags.wrapping_add(1)) {
                    let &[code, _, _, start, _, _, _, end] =
                        self.plan.row(Table::Expression, expression);
                    for operand in start..end {
                        let child = self.plan.cell(Field::OPERAND, operand);
                        if code <= operator::NOT {
                            let row = flags.wrapping_add(1).wrapping_add(child);
                            deepest = deepest.max(get(&depths, row));
                        } else if code == operator::FLAG_IS && operand == start {
                            deepest = get(&depths, child);
                        }
                    }
                } else if row < flags {
                    let prerequisites = self.plan.cell(Field::FLAG_PREREQUISITES, row);
                    deepest = get(&depths, flags.wrapping_add(prerequisites));
                    for rule in self.plan.span(Field::FLAG_RULES, row) {
                        let when = self.plan.cell(Field::RULE_WHEN, rule);
                        deepest = deepest.max(get(&depths, flags.wrapping_add(when)));
                    }
                }
                grew |= grow(&mut depths, row, deepest.saturating_add(1));
            }
            if !grew {
                return false;
            }
        }
        true
    }
}

fn get(depths: &[u32], row: u32) -> u32 {
    let row = usize::try_from(row).unwrap_or(usize::MAX);
    depths.get(row).copied().unwrap_or_default()
}

/// Notes a depth and says whether that is news; what is too deep never settles.
fn grow(depths: &mut [u32], row: u32, depth: u32) -> bool {
    let row = usize::try_from(row).unwrap_or(usize::MAX);
    match depths.get_mut(row) {
        Some(known) => {
            let grew = *known != depth || depth > MAX_DEPTH;
            *known = depth;
            grew
        }
        None => false,
    }
}
