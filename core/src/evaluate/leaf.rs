//! Tests of one slot.

use core::cmp::Ordering;
use core::ops::Range;

use super::Evaluation;
use super::text;
use crate::context::{self, Cell, CellKind};
use crate::host::{Host, TextTest, Truth};
use crate::layout::{Field, Table, bits, operator};
use crate::{Algorithms, murmur3_x86_32};

/// The longest text that is given to a pattern.
///
/// Hosts that backtrack need time that grows with a power of this length. The bound stands here and
/// not in the hosts, so that all of them leave the same texts unknown.
pub(super) const MAX_MATCHED_BYTES: usize = 1024;

/// A test of a slot against constants.
#[derive(Clone)]
pub(super) struct Leaf {
    /// The first operand.
    pub(super) first: u32,
    pub(super) code: u32,
    pub(super) bits: u32,
    operands: Range<u32>,
}

impl<A: Algorithms, H: Host> Evaluation<'_, A, H> {
    pub(super) fn leaf(
        &self,
        code: u32,
        leaf_bits: u32,
        slot: u32,
        first: u32,
        operands: Range<u32>,
    ) -> Truth {
        let cell = self.context.cell(slot);
        let kind = context::kind(cell);
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
        let leaf = Leaf {
            first,
            code,
            bits: leaf_bits,
            operands,
        };
        if A::HAS_OTHERS && leaf_bits & bits::LENIENT != 0 {
            self.lenient(&leaf, cell)
        } else if kind == CellKind::Array {
            self.elements(&leaf, cell)
        } else {
            self.test(&leaf, cell)
        }
    }

    /// Any element, or every one of at least one.
    fn elements(&self, leaf: &Leaf, array: Cell) -> Truth {
        let elements = self.context.elements(array);
        let is_every = leaf.bits & bits::EVERY != 0 && !elements.is_empty();
        let decisive = Truth::from(!is_every);
        let mut result = Truth::from(is_every);
        for element in elements {
            match self.test(leaf, *element) {
                truth if truth == decisive => return decisive,
                Truth::Unknown => result = Truth::Unknown,
                _ => {}
            }
        }
        result
    }

    fn test(&self, leaf: &Leaf, cell: Cell) -> Truth {
        let first = leaf.first;
        match leaf.code {
            operator::BOOLEAN => {
                let value = u32::from(context::number(cell) != 0.0);
                (context::kind(cell) == CellKind::Boolean && value == first).into()
            }
            operator::NUMBER_IN => self.number_in(leaf, cell).into(),
            operator::NUMBER_ORDER..operator::TEXT_ORDER
            | operator::DATE_ORDER..operator::SEMVER_ORDER => {
                let mut operand = self.plan.number(first);
                if leaf.bits & bits::FROM_NOW != 0 {
                    operand += self.context.now_ms;
                }
                self.number(leaf, cell)
                    .partial_cmp(&operand)
                    .is_some_and(|order| leaf.accepts(order))
                    .into()
            }
            _ if context::kind(cell) != CellKind::Text => Truth::False,
            operator::REGEX => {
                let text = self.context.text(cell);
                if text.len() > MAX_MATCHED_BYTES {
                    return Truth::Unknown;
                }
                self.host
                    .matches(first, self.plan.text(first), text)
                    .map_or(Truth::Unknown, Truth::from)
            }
            _ => self.test_text(leaf, self.context.text(cell), first).into(),
        }
    }

    pub(super) fn test_text(&self, leaf: &Leaf, text: &[u8], first: u32) -> bool {
        let operand = self.plan.text(first);
        match leaf.code {
            operator::TEXT_IN if leaf.bits & bits::IGNORE_CASE == 0 => {
                self.search(leaf.operands.clone(), &Needle::Text(text))
            }
            operator::TEXT_IN => self.any_text(leaf, TextTest::Equal, text),
            operator::PREFIX => self.any_text(leaf, TextTest::Prefix, text),
            operator::SUFFIX => self.any_text(leaf, TextTest::Suffix, text),
            operator::CONTAINS => self.any_text(leaf, TextTest::Contains, text),
            operator::IN_LIST => self.in_list(first, text),
            operator::TEXT_ORDER..operator::DATE_ORDER => leaf.accepts(text.cmp(operand)),
            _ => self
                .host
                .compare_versions(text, operand)
                .is_some_and(|order| leaf.accepts(order)),
        }
    }

    /// The number or date of a value; no number at all where there is none.
    fn number(&self, leaf: &Leaf, cell: Cell) -> f64 {
        if context::kind(cell) == CellKind::Number {
            return context::number(cell);
        }
        let text = self.context.text(cell);
        match context::kind(cell) {
            CellKind::Text if leaf.code >= operator::DATE_ORDER => self.host.date(text),
            CellKind::Text if A::HAS_OTHERS && leaf.bits & bits::PARSE_TEXT != 0 => {
                self.host.parse_number(text).unwrap_or(f64::NAN)
            }
            _ => f64::NAN,
        }
    }

    fn number_in(&self, leaf: &Leaf, cell: Cell) -> bool {
        let number = self.number(leaf, cell);
        leaf.operands.clone().any(|operand| {
            let operand = self.plan.number(self.plan.cell(Field::OPERAND, operand));
            number.partial_cmp(&operand) == Some(Ordering::Equal)
        })
    }

    /// Searches rows that ascend.
    fn search(&self, rows: Range<u32>, needle: &Needle<'_>) -> bool {
        let Range { mut start, mut end } = rows;
        while start < end {
            let middle = start.midpoint(end);
            let order = match *needle {
                Needle::Text(text) => {
                    let operand = self.plan.cell(Field::OPERAND, middle);
                    self.plan.text(operand).cmp(text)
                }
                Needle::Hash(hash) => {
                    let &[low, high, ..] = self.plan.row(Table::Member, middle);
                    (high, low).cmp(&hash)
                }
            };
            match order {
                Ordering::Equal => return true,
                Ordering::Less => start = middle.wrapping_add(1),
                Ordering::Greater => end = middle,
            }
        }
        false
    }

    fn any_text(&self, leaf: &Leaf, how: TextTest, text: &[u8]) -> bool {
        let ignores_case = leaf.bits & bits::IGNORE_CASE != 0;
        let is_ascii_only = A::HAS_OTHERS && leaf.bits & bits::ASCII_CASE != 0;
        leaf.operands.clone().any(|operand| {
            let operand = self.plan.text(self.plan.cell(Field::OPERAND, operand));
            if ignores_case && !is_ascii_only && text.iter().any(|byte| *byte > 127) {
                self.host.test_folded(how, text, operand)
            } else {
                text::holds(how, text, operand, ignores_case)
            }
        })
    }

    fn in_list(&self, list: u32, text: &[u8]) -> bool {
        let &[high_seed, low_seed, start, _, _, end, ..] = self.plan.row(Table::List, list);
        let hash = (
            murmur3_x86_32(text, high_seed),
            murmur3_x86_32(text, low_seed),
        );
        self.search(start..end, &Needle::Hash(hash))
    }
}

/// What is looked for among rows that ascend.
enum Needle<'a> {
    /// Among operands, which are texts.
    Text(&'a [u8]),
    /// Among members of a list: high and low half.
    Hash((u32, u32)),
}

impl Leaf {
    /// Whether an operator of order, or equality, accepts this order.
    pub(super) fn accepts(&self, order: Ordering) -> bool {
        let is_opposite = self.code & 2 != 0;
        let order = if is_opposite { order.reverse() } else { order };
        match self.code {
            operator::SEMVER_EQUALS => order.is_eq(),
            code if code & 1 == 0 => order.is_lt(),
            _ => order.is_le(),
        }
    }
}
