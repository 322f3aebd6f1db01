//! Units into positions, positions into entries.

use super::Evaluation;
use crate::context::{self, Cell, CellKind};
use crate::decision::{PackedOutcome, Reason};
use crate::host::{Host, Truth, Visitor};
use crate::layout::{Field, SHAPE, Table, bits};
use crate::plan::{PADDING, Row};
use crate::{Algorithm, Algorithms, Bucketing, MissingUnit, Unit, murmur3_x86_32};

/// Where a target leads, in one word, which is how it stays in a register: an outcome below
/// `MISSED`, or a miss and its reason, or unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Draw(u32);

impl Draw {
    const MISSED: u32 = 1 << 16;
    pub(super) const UNKNOWN: Self = Self(1 << 17);

    fn missed(reason: Reason) -> Self {
        Self(Self::MISSED | reason as u32)
    }

    /// The packed outcome, where it is one.
    pub(super) fn outcome(self) -> Option<u32> {
        (self.0 < Self::MISSED).then_some(self.0)
    }

    /// Why nothing was drawn.
    pub(super) fn miss(self) -> Option<Reason> {
        match self.0.checked_sub(Self::MISSED)? {
            OUT_OF_ROLLOUT => Some(Reason::OutOfRollout),
            MISSING_UNIT => Some(Reason::MissingUnit),
            INVALID_CONTEXT => Some(Reason::InvalidContext),
            _ => None,
        }
    }
}

const OUT_OF_ROLLOUT: u32 = Reason::OutOfRollout as u32;
const MISSING_UNIT: u32 = Reason::MissingUnit as u32;
const INVALID_CONTEXT: u32 = Reason::InvalidContext as u32;

/// Where a unit falls.
#[derive(Clone, Copy)]
enum Position {
    Native(u32),
    Foreign(f64),
}

impl<A: Algorithms, H: Host> Evaluation<'_, A, H> {
    /// The outcome of a target: its own, or what the flag's unit draws.
    pub(super) fn draw<V: Visitor>(
        &mut self,
        flag: u32,
        row: &Row,
        target: u32,
        visitor: &mut V,
    ) -> Draw {
        let draw = if target & SHAPE == 0 {
            Draw(target)
        } else {
            self.draw_entry(target & !SHAPE, flag, row, visitor)
        };
        // An entry without outcome passes on, as a miss does.
        if draw == Draw(PackedOutcome::NONE) {
            Draw::missed(Reason::OutOfRollout)
        } else {
            draw
        }
    }

    /// Whether the unit is in an entry of the shape. Gates name their hash, so no flag counts.
    pub(super) fn split<V: Visitor>(&mut self, shape: u32, visitor: &mut V) -> Truth {
        let draw = self.draw_entry(shape, 0, &[0; PADDING], visitor);
        if draw == Draw::UNKNOWN {
            Truth::Unknown
        } else {
            draw.outcome().is_some().into()
        }
    }

    /// The outcome of the first entry that holds the unit's position.
    fn draw_entry<V: Visitor>(&self, shape: u32, flag: u32, row: &Row, visitor: &mut V) -> Draw {
        let &[hash, rest_is_last, _, start, _, _, _, end] = self.plan.row(Table::Shape, shape);
        let position = match self.position(hash, flag, row, visitor) {
            Ok(position) => position,
            Err(draw) => return draw,
        };
        let mut last = Draw::missed(Reason::OutOfRollout);
        for &[from, to, entry_bits, outcome] in self.plan.quads(Table::Entry, start, end) {
            let is_within = match position {
                Position::Native(position) => from <= position && position <= to,
                Position::Foreign(position) if A::HAS_OTHERS => {
                    let (from, to) = (self.plan.number(from), self.plan.number(to));
                    let is_included = entry_bits & bits::TO_INCLUDED != 0;
                    position >= from && (position < to || (is_included && position <= to))
                }
                Position::Foreign(_) => false,
            };
            if is_within {
                return Draw(outcome);
            }
            if rest_is_last != 0 {
                last = Draw(outcome);
            }
        }
        last
    }

    /// `hash` is the row plus one, or 0 for the flag's own.
    fn position<V: Visitor>(
        &self,
        hash: u32,
        flag: u32,
        row: &Row,
        visitor: &mut V,
    ) -> Result<Position, Draw> {
        let Some(hash) = hash.checked_sub(1) else {
            let &[_, _, slot, _, _, seed, ..] = row;
            let cell = self.context.cell(slot);
            return match context::kind(cell) {
                CellKind::Missing if self.may_be_known_elsewhere(slot) => Err(Draw::UNKNOWN),
                CellKind::Missing => Err(Draw::missed(Reason::MissingUnit)),
                _ => self.native(cell, seed, !flag, slot, visitor),
            };
        };
        let &[algorithm, missing, _, _, _, seed, _, _] = self.plan.row(Table::Hash, hash);
        let is_native = algorithm == Algorithm::Native.code();
        for unit in self.plan.span(Field::HASH_UNITS, hash) {
            let slot = self.plan.cell(Field::UNIT_SLOT, unit);
            let cell = self.context.cell(slot);
            if context::kind(cell) == CellKind::Missing {
                if self.may_be_known_elsewhere(slot) {
                    return Err(Draw::UNKNOWN);
                }
            } else if is_native {
                return self.native(cell, seed, hash, slot, visitor);
            } else if A::HAS_OTHERS {
                return self.foreign(hash, cell, slot, visitor);
            } else {
                return Err(Draw::UNKNOWN);
            }
        }
        self.without_unit(hash, is_native, missing)
    }

    fn native<V: Visitor>(
        &self,
        cell: Cell,
        seed: u32,
        hash: u32,
        slot: u32,
        visitor: &mut V,
    ) -> Result<Position, Draw> {
        if context::kind(cell) != CellKind::Text {
            return Err(Draw::missed(Reason::InvalidContext));
        }
        let position = murmur3_x86_32(self.context.text(cell), seed);
        visitor.bucket(hash, slot, f64::from(position));
        Ok(Position::Native(position))
    }

    fn foreign<V: Visitor>(
        &self,
        hash: u32,
        cell: Cell,
        slot: u32,
        visitor: &mut V,
    ) -> Result<Position, Draw> {
        let unit = match context::kind(cell) {
            CellKind::Text => Unit::Text(self.context.text(cell)),
            CellKind::Number => Unit::Number(context::number(cell)),
            CellKind::Boolean => Unit::Boolean(context::number(cell) != 0.0),
            _ => return Err(Draw::missed(Reason::InvalidContext)),
        };
        match self
            .bucketing(hash)
            .and_then(|bucketing| A::bucket(&bucketing, unit))
        {
            Some(bucket) => {
                visitor.bucket(hash, slot, bucket.position);
                Ok(Position::Foreign(bucket.position))
            }
            None => Err(Draw::UNKNOWN),
        }
    }

    fn without_unit(&self, hash: u32, is_native: bool, missing: u32) -> Result<Position, Draw> {
        if A::HAS_OTHERS && !is_native && missing == MISSING_EMPTY {
            return self
                .bucketing(hash)
                .and_then(|bucketing| A::bucket(&bucketing, Unit::Text(b"")))
                .map(|bucket| Position::Foreign(bucket.position))
                .ok_or(Draw::UNKNOWN);
        }
        let random = match missing {
            MISSING_ZERO => 0,
            MISSING_RANDOM => self.host.random(),
            _ => return Err(Draw::missed(Reason::MissingUnit)),
        };
        if is_native {
            Ok(Position::Native(random))
        } else if !A::HAS_OTHERS {
            Err(Draw::UNKNOWN)
        } else if missing == MISSING_ZERO {
            Ok(Position::Foreign(0.0))
        } else {
            self.bucketing(hash)
                .and_then(|bucketing| A::position(&bucketing, random))
                .map(Position::Foreign)
                .ok_or(Draw::UNKNOWN)
        }
    }

    /// The hash row, if this code knows its algorithm.
    fn bucketing(&self, hash: u32) -> Option<Bucketing<'_>> {
        let &[algorithm, _, prefix, _, suffix, seed, space, _] = self.plan.row(Table::Hash, hash);
        Some(Bucketing {
            algorithm: Algorithm::from_code(algorithm)?,
            prefix: self.plan.text(prefix),
            suffix: suffix
                .checked_sub(1)
                .map_or(&[], |suffix| self.plan.text(suffix)),
            seed,
            space,
        })
    }
}

const MISSING_ZERO: u32 = MissingUnit::Zero as u32;
const MISSING_RANDOM: u32 = MissingUnit::Random as u32;
const MISSING_EMPTY: u32 = MissingUnit::Empty as u32;
