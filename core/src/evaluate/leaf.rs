//! Tests of one slot.

use core::cmp::Ordering;
use core::ops::Range;

use super::Evaluation;
use super::text;
use crate::context::{Cell, CellKind};
use crate::host::{Host, TextTest, Truth};
use crate::layout::{Table, bits, operator};
use crate::semver::Version;
use crate::{Algorithms, date, murmur3_x86_32};

/// A test against constants.
#[derive(Clone)]
struct Test {
    code: u32,
    bits: u32,
    operands: Range<u32>,
}

impl<A: Algorithms, H: Host> Evaluation<'_, A, H> {
    pub(super) fn leaf(&self, code: u32, leaf_bits: u32, slot: u32, operands: Range<u32>) -> Truth {
        let cell = self.context.cell(slot);
        let kind = cell.kind();
        if kind == CellKind::Missing {
            return if self.may_be_known_elsewhere(slot) {
                Truth::Unknown
            } else {
                (leaf_bits & bits::WHEN_MISSING != 0).into()
            };
        }
        match code {
            operator::EXISTS => return (kind != CellKind::Null).into(),
            operator::IS_NULL => return (kind == CellKind::Null).into(),
            _ => {}
        }
        let test = Test {
            code,
            bits: leaf_bits,
            operands,
        };
        if kind == CellKind::Array {
            self.elements(&test, cell)
        } else {
            self.test(&test, cell)
        }
    }

    /// Any element, or every one of at least one.
    fn elements(&self, test: &Test, array: Cell) -> Truth {
        let elements = self.context.elements(array);
        let is_every = test.bits & bits::EVERY != 0 && !elements.is_empty();
        let decisive = Truth::from(!is_every);
        let mut result = Truth::from(is_every);
        for element in elements {
            match self.test(test, *element) {
                truth if truth == decisive => return decisive,
                Truth::Unknown => result = Truth::Unknown,
                _ => {}
            }
        }
        result
    }

    fn test(&self, test: &Test, cell: Cell) -> Truth {
        let first = self.plan.cell(Table::Operand, test.operands.start, 0);
        match test.code {
            operator::BOOLEAN => {
                let value = u32::from(cell.number != 0.0);
                (cell.kind() == CellKind::Boolean && value == first).into()
            }
            operator::NUMBER_IN => self.number_in(test, cell).into(),
            operator::NUMBER_ORDER..operator::TEXT_ORDER => self
                .number(test, cell)
                .and_then(|number| number.partial_cmp(&self.plan.number(first)))
                .is_some_and(|order| test.accepts(order))
                .into(),
            operator::DATE_ORDER..operator::SEMVER_ORDER => self
                .compare_dates(test, cell, first)
                .is_some_and(|order| test.accepts(order))
                .into(),
            _ if cell.kind() != CellKind::Text => Truth::False,
            operator::REGEX => {
                let text = self.context.text(cell);
                self.host
                    .matches(first, self.plan.text(first), text)
                    .map_or(Truth::Unknown, Truth::from)
            }
            _ => self.test_text(test, self.context.text(cell), first).into(),
        }
    }

    fn test_text(&self, test: &Test, text: &[u8], first: u32) -> bool {
        let operand = self.plan.text(first);
        match test.code {
            operator::TEXT_IN if test.bits & bits::IGNORE_CASE == 0 => self.text_in(test, text),
            operator::TEXT_IN => self.any_text(test, TextTest::Equal, text),
            operator::PREFIX => self.any_text(test, TextTest::Prefix, text),
            operator::SUFFIX => self.any_text(test, TextTest::Suffix, text),
            operator::CONTAINS => self.any_text(test, TextTest::Contains, text),
            operator::IN_LIST => self.in_list(first, text),
            operator::TEXT_ORDER..operator::DATE_ORDER => test.accepts(text.cmp(operand)),
            _ => Version::parse(text)
                .zip(Version::parse(operand))
                .map(|(version, operand)| version.compare(operand))
                .is_some_and(|order| test.accepts(order)),
        }
    }

    fn number(&self, test: &Test, cell: Cell) -> Option<f64> {
        match cell.kind() {
            CellKind::Number => Some(cell.number),
            CellKind::Text if test.bits & bits::PARSE_TEXT != 0 => {
                self.host.parse_number(self.context.text(cell))
            }
            _ => None,
        }
    }

    fn number_in(&self, test: &Test, cell: Cell) -> bool {
        self.number(test, cell).is_some_and(|number| {
            test.operands.clone().any(|operand| {
                let operand = self.plan.number(self.plan.cell(Table::Operand, operand, 0));
                number.partial_cmp(&operand) == Some(Ordering::Equal)
            })
        })
    }

    /// Dates are RFC 3339 text or milliseconds.
    fn compare_dates(&self, test: &Test, cell: Cell, operand: u32) -> Option<Ordering> {
        let date = match cell.kind() {
            CellKind::Text => date::milliseconds(self.context.text(cell))?,
            CellKind::Number => cell.number,
            _ => return None,
        };
        let mut operand = self.plan.number(operand);
        if test.bits & bits::FROM_NOW != 0 {
            operand += self.context.now_ms;
        }
        date.partial_cmp(&operand)
    }

    /// Searches texts that ascend.
    fn text_in(&self, test: &Test, text: &[u8]) -> bool {
        let Range { mut start, mut end } = test.operands;
        while start < end {
            let middle = start.midpoint(end);
            let operand = self.plan.text(self.plan.cell(Table::Operand, middle, 0));
            match operand.cmp(text) {
                Ordering::Equal => return true,
                Ordering::Less => start = middle.wrapping_add(1),
                Ordering::Greater => end = middle,
            }
        }
        false
    }

    fn any_text(&self, test: &Test, how: TextTest, text: &[u8]) -> bool {
        let ignores_case = test.bits & bits::IGNORE_CASE != 0;
        test.operands.clone().any(|operand| {
            let operand = self.plan.text(self.plan.cell(Table::Operand, operand, 0));
            if ignores_case && !text.is_ascii() {
                self.host.test_folded(how, text, operand)
            } else {
                text::holds(how, text, operand, ignores_case)
            }
        })
    }

    /// Searches 64-bit hashes that ascend.
    fn in_list(&self, list: u32, text: &[u8]) -> bool {
        let &[high_seed, low_seed, start, _, _, end] = self.plan.row(Table::List, list);
        let hash = (
            murmur3_x86_32(text, high_seed),
            murmur3_x86_32(text, low_seed),
        );
        let Range { mut start, mut end } = start..end;
        while start < end {
            let middle = start.midpoint(end);
            let &[low, high] = self.plan.row(Table::Member, middle);
            match (high, low).cmp(&hash) {
                Ordering::Equal => return true,
                Ordering::Less => start = middle.wrapping_add(1),
                Ordering::Greater => end = middle,
            }
        }
        false
    }
}

impl Test {
    /// Whether an operator of order, or equality, accepts this order.
    fn accepts(&self, order: Ordering) -> bool {
        if self.code == operator::SEMVER_EQUALS {
            return order.is_eq();
        }
        match self.code & 3 {
            0 => order.is_lt(),
            1 => order.is_le(),
            2 => order.is_gt(),
            _ => order.is_ge(),
        }
    }
}
