//! Which row of the plan each part of the program gets.

use std::collections::HashMap;

use super::{UNUSED, number};
use crate::program::{
    Distribution, Entry, Expression, ExpressionId, Flag, Hash, Kind, Leaf, Program, Range, Target,
    Test, Variant,
};

/// Rows in the order in which a reader meets references to them.
pub(super) struct Numbering<'p> {
    /// Flags by key.
    pub(super) flags: Vec<&'p Flag>,
    /// The plan's number of each flag of the program.
    pub(super) flag_rows: Vec<u32>,
    pub(super) leaves: Vec<ExpressionId>,
    pub(super) groups: Vec<ExpressionId>,
    places: HashMap<ExpressionId, Place>,
    pub(super) shapes: Rows<Shape<'p>, ShapeKey>,
    pub(super) hashes: Rows<&'p Hash, HashKey>,
    pub(super) sets: Rows<Set<'p>, Set<'p>>,
    pub(super) lists: Vec<u32>,
}

/// Where an expression went.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Leaf(u32),
    Group(u32),
}

/// A distribution, or the ranges of a gate.
#[derive(Clone, Copy)]
pub(super) enum Shape<'p> {
    Distribution(&'p Distribution),
    Split(&'p Hash, &'p [Range]),
}

/// The type of the values, and the variants.
type Set<'p> = (Kind, &'p [Variant]);
type HashKey = (u32, String, String, u32, u32, Vec<u32>, u32);
type ShapeKey = (
    Option<HashKey>,
    bool,
    Vec<(u64, u64, bool, Option<crate::program::Outcome>)>,
);

/// Distinct things, in the order of their first appearance.
pub(super) struct Rows<T, K> {
    pub(super) rows: Vec<T>,
    known: HashMap<K, u32>,
}

impl<T, K: std::hash::Hash + Eq> Rows<T, K> {
    fn new() -> Self {
        Self {
            rows: Vec::new(),
            known: HashMap::new(),
        }
    }

    fn add(&mut self, key: K, row: T) {
        let rows = &mut self.rows;
        self.known.entry(key).or_insert_with(|| {
            rows.push(row);
            number(rows.len() - 1)
        });
    }

    /// The row of what was added under a key.
    pub(super) fn row(&self, key: &K) -> u32 {
        self.known.get(key).copied().unwrap_or(UNUSED)
    }
}

impl<'p> Numbering<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        let mut order: Vec<usize> = (0..program.flags.len()).collect();
        order.sort_by_key(|&flag| program.flags.get(flag).map(|flag| flag.key.as_bytes()));
        let mut flag_rows = vec![UNUSED; order.len()];
        for (row, &flag) in order.iter().enumerate() {
            if let Some(place) = flag_rows.get_mut(flag) {
                *place = number(row);
            }
        }
        let mut numbering = Self {
            flags: order
                .iter()
                .filter_map(|&flag| program.flags.get(flag))
                .collect(),
            flag_rows,
            leaves: Vec::new(),
            groups: Vec::new(),
            places: HashMap::new(),
            shapes: Rows::new(),
            hashes: Rows::new(),
            sets: Rows::new(),
            lists: Vec::new(),
        };
        numbering.number_expressions(program);
        numbering.number_shapes(program);
        numbering.number_sets();
        numbering.number_lists(program);
        numbering
    }

    pub(super) fn leaf_count(&self) -> u32 {
        number(self.leaves.len())
    }

    pub(super) fn place(&self, expression: ExpressionId) -> Option<Place> {
        self.places.get(&expression).copied()
    }

    /// Every expression that some flag uses, in the order of the plan.
    pub(super) fn ordered(&self) -> impl Iterator<Item = ExpressionId> {
        self.leaves.iter().chain(&self.groups).copied()
    }

    pub(super) fn expressions(&self, len: usize) -> Vec<u32> {
        inverse(self.ordered(), len)
    }

    pub(super) fn lists(&self, len: usize) -> Vec<u32> {
        inverse(self.lists.iter().copied(), len)
    }

    /// Conditions of flags and rules first, then what groups refer to, level by level.
    fn number_expressions(&mut self, program: &Program) {
        let prerequisites = self.flags.iter().filter_map(|flag| flag.prerequisites);
        let rules = self.flags.iter().flat_map(|flag| &flag.rules);
        let roots: Vec<_> = prerequisites
            .chain(rules.filter_map(|rule| rule.when))
            .collect();
        for root in roots {
            self.place_expression(program, root);
        }
        let mut done = 0;
        while let Some(&group) = self.groups.get(done) {
            done += 1;
            let children = match expression(program, group) {
                Some(
                    Expression::All(children)
                    | Expression::InOrder(children)
                    | Expression::Any(children),
                ) => children.as_slice(),
                Some(Expression::Not(child)) => std::slice::from_ref(child),
                _ => &[],
            };
            for &child in children {
                self.place_expression(program, child);
            }
        }
    }

    fn place_expression(&mut self, program: &Program, id: ExpressionId) {
        if self.places.contains_key(&id) {
            return;
        }
        let place = if matches!(expression(program, id), Some(Expression::Leaf(_))) {
            self.leaves.push(id);
            Place::Leaf(number(self.leaves.len() - 1))
        } else {
            self.groups.push(id);
            Place::Group(number(self.groups.len() - 1))
        };
        self.places.insert(id, place);
    }

    fn number_shapes(&mut self, program: &'p Program) {
        let rules = self.flags.iter().flat_map(|flag| &flag.rules);
        let fallthroughs = self.flags.iter().map(|flag| &flag.fallthrough);
        let targets = fallthroughs.chain(rules.map(|rule| &rule.target));
        let distributions: Vec<_> = targets
            .filter_map(|target| match target {
                Target::Distribution(distribution) => Some(Shape::Distribution(distribution)),
                Target::Miss | Target::Outcome(_) => None,
            })
            .collect();
        let splits: Vec<_> = self
            .groups
            .iter()
            .filter_map(|&group| match expression(program, group) {
                Some(Expression::Split(split)) => Some(Shape::Split(&split.hash, &split.ranges)),
                _ => None,
            })
            .collect();
        for shape in distributions.into_iter().chain(splits) {
            self.shapes.add(shape.key(), shape);
        }
        let hashes: Vec<_> = self.shapes.rows.iter().filter_map(Shape::hash).collect();
        for hash in hashes {
            self.hashes.add(hash_key(hash), hash);
        }
    }

    fn number_sets(&mut self) {
        for flag in &self.flags {
            let set = (flag.kind, flag.variants.as_slice());
            self.sets.add(set, set);
        }
    }

    fn number_lists(&mut self, program: &Program) {
        for &leaf in &self.leaves {
            if let Some(Expression::Leaf(Leaf {
                test: Test::InList(list),
                ..
            })) = expression(program, leaf)
                && !self.lists.contains(list)
            {
                self.lists.push(*list);
            }
        }
    }
}

impl<'p> Shape<'p> {
    /// The hash that it names; a distribution may leave it to the flag.
    pub(super) fn hash(&self) -> Option<&'p Hash> {
        match self {
            Self::Distribution(distribution) => distribution.hash.as_ref(),
            Self::Split(hash, _) => Some(hash),
        }
    }

    pub(super) fn rest_is_last(&self) -> bool {
        matches!(self, Self::Distribution(distribution) if distribution.rest_is_last)
    }

    /// Ranges with outcomes; those of a gate have none.
    pub(super) fn entries(&self) -> Vec<Entry> {
        match self {
            Self::Distribution(distribution) => distribution.entries.clone(),
            Self::Split(_, ranges) => ranges
                .iter()
                .map(|&range| Entry {
                    range,
                    outcome: None,
                })
                .collect(),
        }
    }

    pub(super) fn key(&self) -> ShapeKey {
        let entries = self.entries().into_iter().map(|entry| {
            let range = entry.range;
            let ends = (range.from.to_bits(), range.to.to_bits());
            (ends.0, ends.1, range.to_included, entry.outcome)
        });
        (
            self.hash().map(hash_key),
            self.rest_is_last(),
            entries.collect(),
        )
    }
}

pub(super) fn hash_key(hash: &Hash) -> HashKey {
    (
        hash.algorithm.code(),
        hash.prefix.clone(),
        hash.suffix.clone(),
        hash.seed,
        hash.space,
        hash.units.clone(),
        hash.missing as u32,
    )
}

pub(super) fn expression(program: &Program, id: ExpressionId) -> Option<&Expression> {
    program.expressions.get(usize::try_from(id).ok()?)
}

/// The position of each number below `len` in a sequence.
fn inverse(sequence: impl Iterator<Item = u32>, len: usize) -> Vec<u32> {
    let mut inverse = vec![UNUSED; len];
    for (row, id) in sequence.enumerate() {
        if let Some(place) = usize::try_from(id).ok().and_then(|id| inverse.get_mut(id)) {
            *place = number(row);
        }
    }
    inverse
}
