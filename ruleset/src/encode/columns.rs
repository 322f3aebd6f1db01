//! Columns in the order in which a reader takes them.

use std::collections::HashMap;

use pennon_core::layout::{Table, operator};

use super::codes::{flag_bits, outcome_code, rule_bits, salt_and_purpose};
use super::number;
use super::numbering::{Numbering, Shape, hash_key};
use super::numbers::Numbers;
use super::texts::Texts;
use crate::program::{Algorithm, Program, Source, Target, WhenUnknown};

/// The columns of every table, as numbers that are not written yet.
#[derive(Default)]
pub(super) struct Columns<'p> {
    pub(super) tables: HashMap<u8, Vec<Vec<u32>>>,
    pub(super) texts: Texts<'p>,
    pub(super) numbers: Numbers,
    pub(super) references: References,
    pub(super) operators: u64,
    pub(super) algorithms: u32,
}

/// How many rows of these tables references have named.
#[derive(Default)]
pub(super) struct References {
    pub(super) leaves: u32,
    pub(super) groups: u32,
    pub(super) shapes: u32,
    pub(super) hashes: u32,
    pub(super) sets: u32,
    pub(super) lists: u32,
}

impl<'p> Columns<'p> {
    /// Walks the program in the order in which a reader resolves references.
    pub(super) fn fill(&mut self, program: &'p Program, numbering: &Numbering<'p>) {
        for flag in &numbering.flags {
            self.texts.row(&flag.key);
        }
        self.slots(program);
        self.hashes(numbering);
        self.shape_rows(numbering);
        self.variants(numbering);
        self.flags(numbering);
        self.rules(numbering);
        self.targets(numbering);
        self.expressions(program, numbering);
        self.entries(numbering);
        self.rule_ids(numbering);
        self.lists(program, numbering);
        self.text_rows();
        self.number_rows();
    }

    pub(super) fn push(&mut self, table: Table, column: usize, value: u32) {
        let columns = self.tables.entry(table as u8).or_default();
        if columns.is_empty() {
            columns.resize(table.columns().len(), Vec::new());
        }
        if let Some(column) = columns.get_mut(column) {
            column.push(value);
        }
    }

    fn slots(&mut self, program: &'p Program) {
        for slot in &program.slots {
            let source = match slot.source {
                Source::Unit(_) => 0,
                Source::Attribute(_) => 1,
                Source::GroupAttribute(..) => 2,
            };
            self.push(Table::Slot, 0, source | ((slot.known_at as u32) << 2));
        }
        for slot in &program.slots {
            let (Source::Unit(name) | Source::Attribute(name) | Source::GroupAttribute(_, name)) =
                &slot.source;
            let code = self.texts.reference(name);
            self.push(Table::Slot, 1, code);
        }
        for slot in &program.slots {
            let group = match &slot.source {
                Source::GroupAttribute(group, _) => Some(group.as_str()),
                _ => None,
            };
            let code = self.texts.optional(group);
            self.push(Table::Slot, 2, code);
        }
    }

    fn hashes(&mut self, numbering: &Numbering<'p>) {
        let hashes = &numbering.hashes.rows;
        for hash in hashes {
            self.algorithms |= 1 << hash.algorithm.code();
            for &unit in &hash.units {
                self.push(Table::Unit, 0, unit);
            }
            let (_, purpose) = salt_and_purpose(hash.algorithm, &hash.prefix);
            let seed = match hash.algorithm {
                Algorithm::Native => 0,
                _ => hash.seed,
            };
            self.push(Table::Hash, 0, hash.algorithm.code());
            self.push(Table::Hash, 1, hash.missing as u32);
            self.push(Table::Hash, 3, purpose);
            self.push(Table::Hash, 5, seed);
            self.push(Table::Hash, 6, hash.space);
            self.push(Table::Hash, 7, number(hash.units.len()));
        }
        for hash in hashes {
            let (salt, _) = salt_and_purpose(hash.algorithm, &hash.prefix);
            let code = self.texts.reference(salt);
            self.push(Table::Hash, 2, code);
        }
        for hash in hashes {
            let suffix = Some(hash.suffix.as_str()).filter(|suffix| !suffix.is_empty());
            let code = self.texts.optional(suffix);
            self.push(Table::Hash, 4, code);
        }
    }

    fn shape_rows(&mut self, numbering: &Numbering<'p>) {
        for shape in &numbering.shapes.rows {
            let hash = shape.hash().map_or(0, |hash| {
                1 + reference(
                    &mut self.references.hashes,
                    numbering.hashes.row(&hash_key(hash)),
                )
            });
            self.push(Table::Shape, 0, hash);
            self.push(Table::Shape, 1, shape.rest_is_last().into());
            self.push(Table::Shape, 3, number(shape.entries().len()));
        }
    }

    fn variants(&mut self, numbering: &Numbering<'p>) {
        let sets = &numbering.sets.rows;
        for (kind, variants) in sets {
            self.push(Table::Set, 0, *kind as u32);
            self.push(Table::Set, 1, number(variants.len()));
            for variant in *variants {
                let code = self.texts.reference(&variant.name);
                self.push(Table::Variant, 0, code);
            }
        }
        for variant in sets.iter().flat_map(|(_, variants)| *variants) {
            let value = Some(variant.value.as_str()).filter(|value| *value != variant.name);
            let code = self.texts.optional(value);
            self.push(Table::Variant, 1, code);
        }
    }

    fn flags(&mut self, numbering: &Numbering<'p>) {
        for flag in &numbering.flags {
            self.push(Table::Flag, 0, flag_bits(flag));
            let code = self.optional_expression(numbering, flag.prerequisites);
            self.push(Table::Flag, 1, code);
            self.push(Table::Flag, 2, flag.unit);
            self.push(Table::Flag, 3, outcome_code(Some(flag.off)));
            self.push(Table::Flag, 6, number(flag.rules.len()));
            let set = numbering.sets.row(&(flag.kind, &flag.variants));
            let set = reference(&mut self.references.sets, set);
            self.push(Table::Flag, 8, set);
            let salt = Some(flag.salt.as_str()).filter(|salt| *salt != flag.key);
            let code = self.texts.optional(salt);
            self.push(Table::Flag, 9, code);
        }
    }

    fn rules(&mut self, numbering: &Numbering<'p>) {
        for rule in numbering.flags.iter().flat_map(|flag| &flag.rules) {
            let code = self.optional_expression(numbering, rule.when);
            self.push(Table::Rule, 0, code);
            if rule.when_unknown != WhenUnknown::Stop {
                self.operators |= 1 << operator::DIALECT;
            }
            self.push(Table::Rule, 2, rule_bits(rule));
        }
    }

    fn targets(&mut self, numbering: &Numbering<'p>) {
        for flag in &numbering.flags {
            let code = self.target(numbering, &flag.fallthrough);
            self.push(Table::Flag, 4, code);
        }
        for rule in numbering.flags.iter().flat_map(|flag| &flag.rules) {
            let code = self.target(numbering, &rule.target);
            self.push(Table::Rule, 1, code);
        }
    }

    fn target(&mut self, numbering: &Numbering<'p>, target: &'p Target) -> u32 {
        match target {
            Target::Miss => outcome_code(None) << 1,
            Target::Outcome(outcome) => outcome_code(Some(*outcome)) << 1,
            Target::Distribution(distribution) => {
                let row = numbering
                    .shapes
                    .row(&Shape::Distribution(distribution).key());
                (reference(&mut self.references.shapes, row) << 1) | 1
            }
        }
    }
}

/// 0 for the next row that no reference has named, else the row plus one.
pub(super) fn reference(next: &mut u32, row: u32) -> u32 {
    if row == *next {
        *next += 1;
        0
    } else {
        row + 1
    }
}
