//! How deeply evaluation may recurse.

use alloc::vec;
use alloc::vec::Vec;

use super::MAX_DEPTH;
use super::columns::Columns;
use crate::layout::{Field, Table, operator};

/// How deep flags and conditions are known to lead: flags first, then one row for "no condition",
/// which is what 0 stands for where conditions are named by their row plus one.
struct Depths {
    rows: Vec<u32>,
    grew: bool,
}

impl Depths {
    /// A row is deeper than what it leads to; what is too deep never settles.
    fn relate(&mut self, row: u32, child: u32) {
        let [row, child] = [row, child].map(|row| usize::try_from(row).unwrap_or(usize::MAX));
        let depth = self
            .rows
            .get(child)
            .map_or(0, |depth| depth.saturating_add(1));
        if let Some(known) = self.rows.get_mut(row)
            && (*known < depth || depth > MAX_DEPTH)
        {
            *known = depth;
            self.grew = true;
        }
    }
}

impl Columns<'_> {
    /// Whether anything nests deeper than [`MAX_DEPTH`]; circles do.
    ///
    /// Depths only grow from one pass to the next, and stop growing when the plan is sound; the
    /// encoder numbers parents before their children, so that one pass is enough for conditions
    /// and further ones only follow prerequisites.
    pub(super) fn is_too_deep(&self) -> bool {
        let flags = self.plan.count(Table::Flag);
        let first = flags.wrapping_add(1);
        let rows = first.wrapping_add(self.plan.count(Table::Expression));
        let mut depths = Depths {
            rows: vec![0; usize::try_from(rows).unwrap_or_default()],
            grew: true,
        };
        let mut passes = 0_u32;
        while depths.grew && passes <= MAX_DEPTH {
            depths.grew = false;
            passes = passes.wrapping_add(1);
            for row in (first..rows).rev() {
                self.relate_operands(row, first, &mut depths);
            }
            for flag in 0..flags {
                let prerequisites = self.plan.cell(Field::FLAG_PREREQUISITES, flag);
                depths.relate(flag, flags.wrapping_add(prerequisites));
                for rule in self.plan.span(Field::FLAG_RULES, flag) {
                    let when = self.plan.cell(Field::RULE_WHEN, rule);
                    depths.relate(flag, flags.wrapping_add(when));
                }
            }
        }
        depths.grew
    }

    fn relate_operands(&self, row: u32, first: u32, depths: &mut Depths) {
        let &[code, _, _, start, _, _, _, end] =
            self.plan.row(Table::Expression, row.wrapping_sub(first));
        for operand in start..end {
            let child = self.plan.cell(Field::OPERAND, operand);
            if code <= operator::NOT {
                depths.relate(row, first.wrapping_add(child));
            } else if code == operator::FLAG_IS && operand == start {
                depths.relate(row, child);
            }
        }
    }
}
