//! Tests of one slot as other systems make them: anything has a text, and one value is one value,
//! arrays too.

use super::Evaluation;
use super::leaf::{Leaf, MAX_MATCHED_BYTES};
use crate::context::{self, Cell, CellKind};
use crate::host::{Host, Truth};
use crate::layout::{bits, operator};
use crate::{Algorithms, Place};

/// Seconds since 1970 that a date can have: what the crate `chrono` can hold.
const SECONDS: core::ops::RangeInclusive<f64> = -8_334_601_228_800.0..=8_210_266_876_799.0;

impl<A: Algorithms, H: Host> Evaluation<'_, A, H> {
    pub(super) fn lenient(&self, leaf: &Leaf, cell: Cell) -> Truth {
        match leaf.code {
            operator::BOOLEAN => (self.is_true(cell) == (leaf.first != 0)).into(),
            operator::NUMBER_ORDER..operator::TEXT_ORDER => match self.lenient_number(cell) {
                Some(number) => is_ordered(leaf, number, self.plan.number(leaf.first)),
                None => failed(leaf),
            },
            operator::DATE_ORDER..operator::SEMVER_ORDER => {
                let found = self.lenient_moment(cell);
                is_ordered(leaf, found, self.moment(leaf))
            }
            _ => match self.context.json(cell) {
                Some(text) => self.lenient_text(leaf, text),
                // An id of a wrong type.
                None if context::kind(cell) == CellKind::Opaque => Truth::False,
                // A host that gave no text.
                None => Truth::Unknown,
            },
        }
    }

    /// A number, or text that is one.
    fn lenient_number(&self, cell: Cell) -> Option<f64> {
        match context::kind(cell) {
            CellKind::Number => Some(context::number(cell)),
            CellKind::Text => self.host.parse_number(self.context.text(cell)),
            _ => None,
        }
    }

    /// Numbers, and text that is one, are seconds since 1970.
    fn lenient_moment(&self, cell: Cell) -> f64 {
        match self.lenient_number(cell) {
            Some(seconds) if SECONDS.contains(&seconds) => seconds * 1000.0,
            None if context::kind(cell) == CellKind::Text => self
                .host
                .lenient_date(self.context.text(cell), self.context.now_ms),
            _ => f64::NAN,
        }
    }

    /// The date that a leaf compares with.
    fn moment(&self, leaf: &Leaf) -> f64 {
        let operand = self.plan.number(leaf.first);
        let now_ms = self.context.now_ms;
        if leaf.bits & bits::CALENDAR != 0 {
            self.host.calendar(now_ms, operand)
        } else if leaf.bits & bits::FROM_NOW != 0 {
            now_ms + operand
        } else {
            operand
        }
    }

    fn lenient_text(&self, leaf: &Leaf, text: &[u8]) -> Truth {
        let operand = self.plan.text(leaf.first);
        match leaf.code {
            operator::REGEX => {
                let is_here = self.context.here > Place::Client;
                let is_tried = is_here || text.len() <= MAX_MATCHED_BYTES;
                let wanted = leaf.bits & bits::OPPOSITE == 0;
                let answer = is_tried.then(|| self.host.matches(leaf.first, operand, text));
                match answer.flatten() {
                    Some(matches) => (matches == wanted).into(),
                    None if is_here => failed(leaf),
                    None => Truth::Unknown,
                }
            }
            operator::SEMVER_ORDER..operator::REGEX => {
                let releases = leaf.bits & bits::RELEASES != 0;
                self.host
                    .compare_lenient_versions(text, operand, releases)
                    .is_some_and(|order| leaf.accepts(order))
                    .into()
            }
            _ => self.test_text(leaf, text, leaf.first).into(),
        }
    }

    /// `true`, its text in any case, and arrays of nothing else.
    fn is_true(&self, cell: Cell) -> bool {
        match context::kind(cell) {
            CellKind::Boolean => context::number(cell) != 0.0,
            CellKind::Text => self.context.text(cell).eq_ignore_ascii_case(b"true"),
            CellKind::Array => self.context.json(cell).is_some_and(is_all_true),
            _ => false,
        }
    }
}

fn is_ordered(leaf: &Leaf, found: f64, operand: f64) -> Truth {
    found
        .partial_cmp(&operand)
        .is_some_and(|order| leaf.accepts(order))
        .into()
}

/// What could not be read.
fn failed(leaf: &Leaf) -> Truth {
    if leaf.bits & bits::FAILS == 0 {
        Truth::False
    } else {
        Truth::Unknown
    }
}

/// Whether the JSON text of an array has no elements but `true` and `"true"`, arrays of them
/// included.
fn is_all_true(mut json: &[u8]) -> bool {
    const QUOTED: &[u8] = b"\"true\"";
    loop {
        json = match json {
            [] => return true,
            [b'[' | b']' | b',', rest @ ..] | [b't', b'r', b'u', b'e', rest @ ..] => rest,
            _ => match json.split_at_checked(QUOTED.len()) {
                Some((text, rest)) if text.eq_ignore_ascii_case(QUOTED) => rest,
                _ => return false,
            },
        }
    }
}
