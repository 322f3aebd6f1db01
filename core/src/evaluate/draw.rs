//! Units into positions, positions into entries.

use core::ops::Range;

use super::{Evaluation, Miss};
use crate::context::{Cell, CellKind};
use crate::host::{Host, Truth, Visitor};
use crate::layout::{Table, bits};
use crate::load::check::SHAPE;
use crate::{Algorithm, Algorithms, Bucketing, MissingUnit, Unit, murmur3_x86_32};

/// Where a target leads.
pub(super) enum Draw {
    Outcome(u32),
    Missed(Miss),
    Unknown,
}

/// Where a unit falls.
enum Position {
    Native(u32),
    Foreign(f64),
    Missing(Miss),
    Unknown,
}

impl<A: Algorithms, H: Host> Evaluation<'_, A, H> {
    /// The outcome of a target: its own, or what the flag's unit draws.
    pub(super) fn draw<V: Visitor>(&mut self, flag: u32, target: u32, visitor: &mut V) -> Draw {
        if target & SHAPE == 0 {
            return Draw::Outcome(target);
        }
        let shape = target & !SHAPE;
        let &[_, rest_is_last, _, start, _, _, _, end] = self.plan.row(Table::Shape, shape);
        let entry = match self.position(shape, flag, visitor) {
            Position::Unknown => return Draw::Unknown,
            Position::Missing(miss) => return Draw::Missed(miss),
            position => match self.find(start..end, &position) {
                None if rest_is_last != 0 => end.wrapping_sub(1),
                None => return Draw::Missed(Miss::OutOfRollout),
                Some(entry) => entry,
            },
        };
        let &[_, _, _, outcome] = self.plan.row(Table::Entry, entry);
        if start == end || outcome == crate::decision::PackedOutcome::NONE {
            return Draw::Missed(Miss::OutOfRollout);
        }
        Draw::Outcome(outcome)
    }

    /// Whether the unit is in an entry of the shape. Gates name their hash, so no flag counts.
    pub(super) fn split<V: Visitor>(&mut self, shape: u32, visitor: &mut V) -> Truth {
        let &[_, _, _, start, _, _, _, end] = self.plan.row(Table::Shape, shape);
        match self.position(shape, 0, visitor) {
            Position::Unknown => Truth::Unknown,
            Position::Missing(_) => Truth::False,
            position => self.find(start..end, &position).is_some().into(),
        }
    }

    /// The first entry that holds the position.
    fn find(&self, mut entries: Range<u32>, position: &Position) -> Option<u32> {
        entries.find(|&entry| {
            let &[from, to, entry_bits, _] = self.plan.row(Table::Entry, entry);
            match *position {
                Position::Native(position) => (from..=to).contains(&position),
                Position::Foreign(position) if A::HAS_OTHERS => {
                    let (from, to) = (self.plan.number(from), self.plan.number(to));
                    let is_included = entry_bits & bits::TO_INCLUDED != 0;
                    position >= from && (position < to || (is_included && position <= to))
                }
                _ => false,
            }
        })
    }

    fn position<V: Visitor>(&self, shape: u32, flag: u32, visitor: &mut V) -> Position {
        let own = self.plan.row::<8>(Table::Flag, flag);
        let hash = self.plan.cell(Table::Shape, shape, 0).checked_sub(1);
        let units = match hash {
            Some(hash) => self.plan.span(Table::Hash, hash, 7),
            None => 0..1,
        };
        let mut slot = 0;
        let mut cell = Cell::default();
        for unit in units {
            slot = match hash {
                Some(_) => self.plan.cell(Table::Unit, unit, 0),
                None => own[2],
            };
            cell = self.context.cell(slot);
            if cell.kind() != CellKind::Missing {
                break;
            }
            if self.may_be_known_elsewhere(slot) {
                return Position::Unknown;
            }
        }
        let (row, algorithm, missing, seed) = match hash {
            Some(hash) => {
                let &[algorithm, missing, _, _, _, seed, ..] =
                    self.plan.row::<8>(Table::Hash, hash);
                (hash, algorithm, missing, seed)
            }
            None => (!flag, Algorithm::Native.code(), 0, own[7]),
        };
        let is_native = algorithm == Algorithm::Native.code();
        match cell.kind() {
            CellKind::Missing => self.without_unit(row, is_native, missing),
            CellKind::Text if is_native => {
                let position = murmur3_x86_32(self.context.text(cell), seed);
                visitor.bucket(row, slot, f64::from(position));
                Position::Native(position)
            }
            _ if is_native => Position::Missing(Miss::InvalidContext),
            _ if A::HAS_OTHERS => self.foreign(row, cell, slot, visitor),
            _ => Position::Unknown,
        }
    }

    fn foreign<V: Visitor>(&self, hash: u32, cell: Cell, slot: u32, visitor: &mut V) -> Position {
        let unit = match cell.kind() {
            CellKind::Text => Unit::Text(self.context.text(cell)),
            CellKind::Number => Unit::Number(cell.number),
            CellKind::Boolean => Unit::Boolean(cell.number != 0.0),
            _ => return Position::Missing(Miss::InvalidContext),
        };
        match self
            .bucketing(hash)
            .and_then(|bucketing| A::bucket(&bucketing, unit))
        {
            Some(bucket) => {
                visitor.bucket(hash, slot, bucket.position);
                Position::Foreign(bucket.position)
            }
            None => Position::Unknown,
        }
    }

    fn without_unit(&self, hash: u32, is_native: bool, missing: u32) -> Position {
        let random = match missing {
            MISSING_ZERO if is_native => return Position::Native(0),
            MISSING_ZERO => return Position::Foreign(0.0),
            MISSING_RANDOM => self.host.random(),
            _ => return Position::Missing(Miss::MissingUnit),
        };
        if is_native {
            Position::Native(random)
        } else if A::HAS_OTHERS {
            self.bucketing(hash)
                .and_then(|bucketing| A::position(&bucketing, random))
                .map_or(Position::Unknown, Position::Foreign)
        } else {
            Position::Unknown
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
