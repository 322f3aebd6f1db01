//! What columns alone cannot say: ranges become thresholds, seeds are derived, every operand and
//! outcome is checked against what it belongs to.

use super::columns::Columns;
use crate::Algorithm;
use crate::decision::{NO_RULE, PackedOutcome};
use crate::hash::murmur3::murmur3_of_both;
use crate::layout::{Field, SHAPE, Table, operator};

impl Columns<'_> {
    /// Checks and completes every table.
    pub(super) fn check(&mut self) {
        self.hashes();
        self.expressions();
        self.shapes();
        self.flags();
        self.require(self.plan.count(Table::Flag) <= self.plan.count(Table::Text));
    }

    /// Keys are the first texts and ascend, so that they can be searched.
    pub(super) fn keys(&mut self) {
        let flags = self.plan.count(Table::Flag);
        for flag in 1..flags {
            let ascends = self.plan.text(flag.wrapping_sub(1)) < self.plan.text(flag);
            self.require(ascends);
        }
    }

    fn hashes(&mut self) {
        for hash in 0..self.plan.count(Table::Hash) {
            let &[algorithm, _, prefix, purpose, ..] = self.plan.row(Table::Hash, hash);
            if algorithm == Algorithm::Native.code() {
                let purpose = match purpose {
                    1 => "/gate",
                    2 => "/split",
                    _ => "",
                };
                let seed = self.seed(prefix, purpose);
                self.plan.set(Field::HASH_SEED, hash, seed);
            }
        }
    }

    fn seed(&self, salt: u32, purpose: &str) -> u32 {
        murmur3_of_both(self.plan.text(salt), purpose.as_bytes(), 0)
    }

    fn expressions(&mut self) {
        for expression in 0..self.plan.count(Table::Expression) {
            let &[code, _, slot, start, _, _, _, end] =
                self.plan.row(Table::Expression, expression);
            let known = usize::try_from(code).unwrap_or(usize::MAX);
            // An operator that this code lacks is unknown whatever its operands are.
            let Some(&(count, table)) = operator::OPERANDS.get(known) else {
                continue;
            };
            if code >= operator::FIRST_LEAF {
                self.within(Table::Slot, slot);
            }
            self.require(count == operator::MANY || u32::from(count) == end.wrapping_sub(start));
            for operand in start..end {
                let value = self.plan.cell(Field::OPERAND, operand);
                let value = match code {
                    operator::WINDOW => self.optional(table, value),
                    operator::FLAG_IS if operand == start => self.within(table, value),
                    operator::FLAG_IS => self.outcome(value),
                    operator::BOOLEAN => value,
                    _ => self.reference(table, value),
                };
                self.plan.set(Field::OPERAND, operand, value);
            }
        }
    }

    /// Basis points become thresholds, numbers of other spaces are checked; how many variants a
    /// flag needs for the shape is noted.
    fn shapes(&mut self) {
        for shape in 0..self.plan.count(Table::Shape) {
            let hash = self.plan.cell(Field::SHAPE_HASH, shape);
            let is_native = hash.checked_sub(1).is_none_or(|hash| {
                self.plan.cell(Field::HASH_ALGORITHM, hash) == Algorithm::Native.code()
            });
            let mut position = 0_u32;
            let mut variants = 0;
            for entry in self.plan.span(Field::SHAPE_ENTRIES, shape) {
                let &[from, to, _, outcome, ..] = self.plan.row(Table::Entry, entry);
                if is_native {
                    let from = position.wrapping_add((from >> 1) ^ (from & 1).wrapping_neg());
                    let to = from.wrapping_add(to);
                    self.require(from <= to && to <= 10_000);
                    position = to;
                    self.native_range(entry, from, to);
                } else {
                    self.within(Table::Number, from);
                    self.within(Table::Number, to);
                }
                variants = variants.max(PackedOutcome::variants(outcome));
            }
            self.plan.set(Field::SHAPE_VARIANTS, shape, variants);
        }
    }

    /// Stores the first and the last position of the range; none is first 1, last 0.
    fn native_range(&mut self, entry: u32, from: u32, to: u32) {
        let (first, last) = if from == to {
            (1, 0)
        } else {
            (threshold(from), threshold(to).wrapping_sub(1))
        };
        self.plan.set(Field::ENTRY_FROM, entry, first);
        self.plan.set(Field::ENTRY_TO, entry, last);
    }

    /// No flag may lead to a variant that it does not have; its own seed is derived.
    fn flags(&mut self) {
        for flag in 0..self.plan.count(Table::Flag) {
            let &[_, _, _, off, fallthrough, ..] = self.plan.row(Table::Flag, flag);
            let salt = self.plan.cell(Field::FLAG_SALT, flag);
            let seed = self.seed(salt.checked_sub(1).unwrap_or(flag), "/split");
            self.plan.set(Field::FLAG_SEED, flag, seed);
            let rules = self.plan.span(Field::FLAG_RULES, flag);
            self.plan.set(Field::FLAG_RULES_END, flag, rules.end);
            self.require(rules.end.wrapping_sub(rules.start) < NO_RULE);
            let mut most = self.variants_of(off).max(self.variants_of(fallthrough));
            for rule in rules {
                most = most.max(self.variants_of(self.plan.cell(Field::RULE_TARGET, rule)));
            }
            self.require(most <= self.plan.variant_count(flag));
        }
    }

    /// How many variants a flag must have for a target.
    fn variants_of(&self, target: u32) -> u32 {
        if target & SHAPE == 0 {
            PackedOutcome::variants(target)
        } else {
            self.plan.cell(Field::SHAPE_VARIANTS, target & !SHAPE)
        }
    }
}

/// `floor(points * 2^32 / 10000)` modulo 2^32.
///
/// 2^32 is 10 000 * 429 496 + 7 296, which keeps the arithmetic in 32 bits.
fn threshold(points: u32) -> u32 {
    points
        .wrapping_mul(429_496)
        .wrapping_add(points.wrapping_mul(7_296) / 10_000)
}
