//! Conditions in three-valued logic.

use super::{Evaluation, TRUTH_BITS};
use crate::decision::Reason;
use crate::host::{Host, Truth, Visitor};
use crate::layout::{Field, Table, bits, operator};
use crate::{Algorithms, MAX_DEPTH};

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

impl Truth {
    fn opposite(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::True => Self::False,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl<A: Algorithms, H: Host> Evaluation<'_, A, H> {
    /// The truth of a condition, decided once per context.
    pub(super) fn truth<V: Visitor>(&mut self, expression: u32, visitor: &mut V) -> Truth {
        let known = self.stamp(expression);
        let truth = if known >> TRUTH_BITS == self.memo.generation {
            match known & 3 {
                0 => Truth::False,
                1 => Truth::True,
                _ => Truth::Unknown,
            }
        } else if self.depth >= MAX_DEPTH {
            // Only in a plan that `Plan::load` refuses.
            return Truth::Unknown;
        } else {
            visitor.enter(expression);
            self.depth = self.depth.wrapping_add(1);
            let truth = self.truth_anew(expression, visitor);
            self.depth = self.depth.wrapping_sub(1);
            self.set_stamp(expression, truth as u32);
            truth
        };
        visitor.leave(expression, truth);
        truth
    }

    fn truth_anew<V: Visitor>(&mut self, expression: u32, visitor: &mut V) -> Truth {
        let &[code, leaf_bits, slot, start, _, _, _, end] =
            self.plan.row(Table::Expression, expression);
        let operands = start..end;
        let first = self.plan.cell(Field::OPERAND, start);
        if !A::HAS_OTHERS && leaf_bits & bits::DIALECT != 0 {
            return Truth::Unknown;
        }
        match code {
            operator::ALL if A::HAS_OTHERS && leaf_bits & bits::IN_ORDER != 0 => {
                self.in_order(operands, visitor)
            }
            operator::ALL => self.fold(operands, Truth::False, visitor),
            operator::ANY => self.fold(operands, Truth::True, visitor),
            operator::NOT => self.truth(first, visitor).opposite(),
            operator::WINDOW => {
                let second = self.plan.cell(Field::OPERAND, start.wrapping_add(1));
                self.is_within(first, second).into()
            }
            operator::SPLIT => self.split(first, visitor),
            operator::FLAG_IS => self.flag_is(first, start.wrapping_add(1)..end, visitor),
            operator::FIRST_LEAF..operator::COUNT if self.host.knows(code) => {
                self.leaf(code, leaf_bits, slot, first, operands)
            }
            // An operator that this code or its host lacks, or what the compiler made unknown.
            _ => Truth::Unknown,
        }
    }

    /// Ends at the first operand that is `decisive`; otherwise the opposite, or unknown.
    fn fold<V: Visitor>(
        &mut self,
        operands: core::ops::Range<u32>,
        decisive: Truth,
        visitor: &mut V,
    ) -> Truth {
        let mut result = decisive.opposite();
        for operand in operands {
            let child = self.plan.cell(Field::OPERAND, operand);
            match self.truth(child, visitor) {
                truth if truth == decisive => return decisive,
                Truth::Unknown => result = Truth::Unknown,
                _ => {}
            }
        }
        result
    }

    /// Ends at the first operand that is not true.
    fn in_order<V: Visitor>(&mut self, operands: core::ops::Range<u32>, visitor: &mut V) -> Truth {
        for operand in operands {
            let child = self.plan.cell(Field::OPERAND, operand);
            let truth = self.truth(child, visitor);
            if truth != Truth::True {
                return truth;
            }
        }
        Truth::True
    }

    fn is_within(&self, from: u32, to: u32) -> bool {
        let now = self.context.now_ms;
        from.checked_sub(1)
            .is_none_or(|from| now >= self.plan.number(from))
            && to
                .checked_sub(1)
                .is_none_or(|to| now < self.plan.number(to))
    }

    /// Without outcomes: the flag is on, that is neither killed, disabled nor stopped by its
    /// own prerequisites.
    fn flag_is<V: Visitor>(
        &mut self,
        flag: u32,
        mut outcomes: core::ops::Range<u32>,
        visitor: &mut V,
    ) -> Truth {
        let decision = self.decide_with(flag, visitor);
        if decision.reason() == Reason::Unknown {
            return Truth::Unknown;
        }
        if outcomes.is_empty() {
            return (!matches!(
                decision.reason(),
                Reason::Killed | Reason::Disabled | Reason::PrerequisiteFailed
            ))
            .into();
        }
        let packed = decision.bits() & 1023;
        outcomes
            .any(|operand| self.plan.cell(Field::OPERAND, operand) == packed)
            .into()
    }

    /// Whether a slot that is empty here can have a value at a later place.
    pub(super) fn may_be_known_elsewhere(&self, slot: u32) -> bool {
        self.plan.cell(Field::SLOT_HEAD, slot) >> 2 > self.context.here as u32
    }
}
