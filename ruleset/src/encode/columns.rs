//! Columns in the order in which a reader takes them.

use std::collections::HashMap;

use pennon_core::layout::{Column, MAGIC, Table, VERSION, bits, operator, outcome};

use super::numbering::{Numbering, Place, Shape, expression, hash_key};
use super::number;
use super::texts::Texts;
use crate::program::{
    Algorithm, Entry, Expression, ExpressionId, Flag, FlagTest, Instant, Leaf, Order, Outcome,
    Program, Source, Target, Test,
};

/// The columns of every table, as numbers that are not written yet.
#[derive(Default)]
pub(super) struct Columns<'p> {
    tables: HashMap<u8, Vec<Vec<u32>>>,
    texts: Texts<'p>,
    numbers: Numbers,
    references: References,
    operators: u64,
    algorithms: u32,
}

/// Numbers, each once.
#[derive(Default)]
struct Numbers {
    rows: Vec<f64>,
    known: HashMap<u64, u32>,
}

/// How many rows of these tables references have named.
#[derive(Default)]
struct References {
    leaves: u32,
    groups: u32,
    shapes: u32,
    hashes: u32,
    sets: u32,
    lists: u32,
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

    fn push(&mut self, table: Table, column: usize, value: u32) {
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
            let set = numbering.sets.row(&(flag.kind, &flag.variants));
            let set = reference(&mut self.references.sets, set);
            self.push(Table::Flag, 1, set);
            self.push(Table::Flag, 2, flag.unit);
            self.push(Table::Flag, 5, outcome_code(Some(flag.off)));
            self.push(Table::Flag, 8, number(flag.rules.len()));
            let salt = Some(flag.salt.as_str()).filter(|salt| *salt != flag.key);
            let code = self.texts.optional(salt);
            self.push(Table::Flag, 3, code);
        }
        for flag in &numbering.flags {
            let code = self.optional_expression(numbering, flag.prerequisites);
            self.push(Table::Flag, 4, code);
        }
    }

    fn rules(&mut self, numbering: &Numbering<'p>) {
        for rule in numbering.flags.iter().flat_map(|flag| &flag.rules) {
            let code = self.optional_expression(numbering, rule.when);
            self.push(Table::Rule, 0, code);
            let stop = if rule.stop_on_miss { bits::STOP_ON_MISS } else { 0 };
            let holdout = if rule.is_holdout { bits::HOLDOUT } else { 0 };
            let silent = if rule.counts_exposure { 0 } else { bits::SILENT };
            self.push(Table::Rule, 2, stop | holdout | silent);
        }
    }

    fn targets(&mut self, numbering: &Numbering<'p>) {
        for flag in &numbering.flags {
            let code = self.target(numbering, &flag.fallthrough);
            self.push(Table::Flag, 6, code);
        }
        for rule in numbering.flags.iter().flat_map(|flag| &flag.rules) {
            let code = self.target(numbering, &rule.target);
            self.push(Table::Rule, 1, code);
        }
    }

    fn target(&mut self, numbering: &Numbering<'p>, target: &'p Target) -> u32 {
        match target {
            Target::Outcome(outcome) => outcome_code(Some(*outcome)) << 1,
            Target::Distribution(distribution) => {
                let row = numbering.shapes.row(&Shape::Distribution(distribution).key());
                (reference(&mut self.references.shapes, row) << 1) | 1
            }
        }
    }

    fn optional_expression(
        &mut self,
        numbering: &Numbering<'p>,
        expression: Option<ExpressionId>,
    ) -> u32 {
        expression.map_or(0, |expression| self.expression(numbering, expression) + 1)
    }

    /// 0 for the next leaf, 1 for the next group, else the row plus two.
    fn expression(&mut self, numbering: &Numbering<'p>, expression: ExpressionId) -> u32 {
        let (next, row, fresh, base) = match numbering.place(expression) {
            Some(Place::Leaf(row)) => (&mut self.references.leaves, row, 0, 0),
            Some(Place::Group(row)) => {
                (&mut self.references.groups, row, 1, numbering.leaf_count())
            }
            None => return 0,
        };
        if row == *next {
            *next += 1;
            fresh
        } else {
            base + row + 2
        }
    }

    fn expressions(&mut self, program: &'p Program, numbering: &Numbering<'p>) {
        for id in numbering.ordered() {
            let Some(node) = expression(program, id) else {
                continue;
            };
            let operands = self.operands(numbering, node);
            let (code, slot, bits) = head(node);
            self.operators |= 1 << code;
            self.push(Table::Expression, 0, code);
            self.push(Table::Expression, 1, bits);
            self.push(Table::Expression, 2, slot);
            self.push(Table::Expression, 3, number(operands.len()));
            for operand in operands {
                self.push(Table::Operand, 0, operand);
            }
        }
    }

    fn operands(&mut self, numbering: &Numbering<'p>, node: &'p Expression) -> Vec<u32> {
        match node {
            Expression::All(children) | Expression::Any(children) => children
                .iter()
                .map(|&child| self.expression(numbering, child))
                .collect(),
            Expression::Not(child) => vec![self.expression(numbering, *child)],
            Expression::Unknown => vec![],
            Expression::Leaf(leaf) => self.leaf_operands(numbering, leaf),
            Expression::Window { from, to } => [from, to]
                .into_iter()
                .map(|bound| {
                    bound.map_or(0, |bound| self.numbers.reference(milliseconds(bound)) + 1)
                })
                .collect(),
            Expression::Split(split) => {
                let row = numbering
                    .shapes
                    .row(&Shape::Split(&split.hash, &split.ranges).key());
                vec![reference(&mut self.references.shapes, row)]
            }
            Expression::FlagIs { flag, outcomes } => {
                let flag = usize::try_from(*flag)
                    .ok()
                    .and_then(|flag| numbering.flag_rows.get(flag));
                let mut operands = vec![flag.copied().unwrap_or_default()];
                if let FlagTest::OneOf(outcomes) = outcomes {
                    operands.extend(outcomes.iter().map(|&outcome| outcome_code(Some(outcome))));
                    if outcomes.is_empty() {
                        operands.push(outcome::PASS);
                    }
                }
                operands
            }
        }
    }

    fn leaf_operands(&mut self, numbering: &Numbering<'p>, leaf: &'p Leaf) -> Vec<u32> {
        match &leaf.test {
            Test::Exists | Test::IsNull => vec![],
            Test::EqualsBoolean(value) => vec![u32::from(*value)],
            Test::NumberIn(numbers) => numbers
                .iter()
                .map(|&number| self.numbers.reference(number))
                .collect(),
            Test::TextIn(texts) => {
                // The evaluator searches them; only lower-cased texts are compared one by one.
                let mut texts: Vec<_> = texts.iter().map(String::as_str).collect();
                texts.sort_unstable();
                texts.dedup();
                self.references_to(texts)
            }
            Test::Prefix(texts) | Test::Suffix(texts) | Test::Contains(texts) => {
                self.references_to(texts.iter().map(String::as_str))
            }
            Test::InList(list) => {
                let row = numbering.lists.iter().position(|known| known == list);
                let row = row.map_or(super::UNUSED, number);
                vec![reference(&mut self.references.lists, row)]
            }
            Test::NumberOrder(_, number) => vec![self.numbers.reference(*number)],
            Test::DateOrder(_, Instant::At(date) | Instant::FromNow(date)) => {
                vec![self.numbers.reference(milliseconds(*date))]
            }
            Test::TextOrder(_, text)
            | Test::Regex(text)
            | Test::SemverEquals(text)
            | Test::SemverOrder(_, text) => vec![self.texts.reference(text)],
        }
    }

    fn references_to(&mut self, texts: impl IntoIterator<Item = &'p str>) -> Vec<u32> {
        texts
            .into_iter()
            .map(|text| self.texts.reference(text))
            .collect()
    }

    fn entries(&mut self, numbering: &Numbering<'p>) {
        for shape in &numbering.shapes.rows {
            let is_native = shape
                .hash()
                .is_none_or(|hash| hash.algorithm == Algorithm::Native);
            let mut position = 0;
            for Entry { range, outcome } in shape.entries() {
                let (from, to) = if is_native {
                    let (from, to) = (basis_points(range.from), basis_points(range.to));
                    let gap = from.wrapping_sub(position).cast_signed();
                    position = to.max(from);
                    let zigzag = (gap << 1) ^ (gap >> 31);
                    (zigzag.cast_unsigned(), to.saturating_sub(from))
                } else {
                    (self.numbers.row(range.from), self.numbers.row(range.to))
                };
                self.push(Table::Entry, 0, from);
                self.push(Table::Entry, 1, to);
                let included = if range.to_included { bits::TO_INCLUDED } else { 0 };
                self.push(Table::Entry, 2, if is_native { 0 } else { included });
                self.push(Table::Entry, 3, outcome_code(outcome));
            }
        }
    }

    /// 0 for the id that follows from the rule's place, odd for another number, even for a text.
    fn rule_ids(&mut self, numbering: &Numbering<'p>) {
        for flag in &numbering.flags {
            for (rule, usual) in flag.rules.iter().zip(1..) {
                let code = match numbered(&rule.id) {
                    Some(number) if number == usual => 0,
                    Some(number) => (number << 1) | 1,
                    None => (self.texts.row(&rule.id) + 1) << 1,
                };
                self.push(Table::Rule, 3, code);
            }
        }
    }

    fn lists(&mut self, program: &'p Program, numbering: &Numbering<'p>) {
        for &list in &numbering.lists {
            let Some(list) = usize::try_from(list)
                .ok()
                .and_then(|list| program.lists.get(list))
            else {
                continue;
            };
            let [high, low] = list.seeds;
            self.push(Table::List, 0, high);
            self.push(Table::List, 1, low);
            self.push(Table::List, 2, number(list.hashes.len()));
            for &hash in &list.hashes {
                self.push_halves(Table::Member, hash);
            }
        }
    }

    fn text_rows(&mut self) {
        let lengths: Vec<_> = self.texts.rows().iter().map(|text| text.len()).collect();
        for len in lengths {
            self.push(Table::Text, 0, number(len));
        }
    }

    fn number_rows(&mut self) {
        for value in std::mem::take(&mut self.numbers.rows) {
            let size = value.abs();
            let is_whole = size.fract() == 0.0 && size < 9_007_199_254_740_992.0;
            if is_whole && !(value == 0.0 && value.is_sign_negative()) {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "whole and below 2^53"
                )]
                self.push_halves(Table::Number, size as u64);
                self.push(Table::Number, 2, u32::from(value < 0.0));
            } else {
                self.push_halves(Table::Number, value.to_bits());
                self.push(Table::Number, 2, 2);
            }
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "both halves of the number are written"
    )]
    fn push_halves(&mut self, table: Table, value: u64) {
        self.push(table, 0, value as u32);
        self.push(table, 1, (value >> 32) as u32);
    }

    /// The plan.
    pub(super) fn into_bytes(self, leaves: u32) -> Vec<u8> {
        let text: String = self.texts.rows().concat();
        let mut bytes = MAGIC.to_vec();
        bytes.push(VERSION);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "both halves of the bitmap are written"
        )]
        for half in [self.operators as u32, (self.operators >> 32) as u32] {
            write(&mut bytes, half);
        }
        write(&mut bytes, self.algorithms);
        for table in Table::ALL {
            let rows = match self.tables.get(&(table as u8)).and_then(|all| all.first()) {
                _ if table == Table::Bytes => text.len(),
                Some(column) => column.len(),
                None => 0,
            };
            write(&mut bytes, number(rows));
        }
        write(&mut bytes, leaves);
        bytes.extend_from_slice(text.as_bytes());
        for table in Table::ALL {
            let columns = self.tables.get(&(table as u8));
            for (column, values) in table.columns().iter().zip(columns.into_iter().flatten()) {
                for &value in values {
                    match column {
                        Column::Raw => bytes.extend_from_slice(&value.to_le_bytes()),
                        Column::Unsent => {}
                        _ => write(&mut bytes, value),
                    }
                }
            }
        }
        bytes
    }
}

impl Numbers {
    fn row(&mut self, number: f64) -> u32 {
        let rows = &mut self.rows;
        *self.known.entry(number.to_bits()).or_insert_with(|| {
            rows.push(number);
            super::number(rows.len() - 1)
        })
    }

    /// 0 for a number that is met for the first time, else its row plus one.
    fn reference(&mut self, number: f64) -> u32 {
        match self.known.get(&number.to_bits()) {
            Some(row) => row + 1,
            None => {
                self.row(number);
                0
            }
        }
    }
}

/// 0 for the next row that no reference has named, else the row plus one.
fn reference(next: &mut u32, row: u32) -> u32 {
    if row == *next {
        *next += 1;
        0
    } else {
        row + 1
    }
}

fn flag_bits(flag: &Flag) -> u32 {
    let disabled = if flag.enabled { 0 } else { bits::DISABLED };
    let killed = if flag.killed { bits::KILLED } else { 0 };
    let silent = if flag.fallthrough_counts_exposure {
        0
    } else {
        bits::SILENT_FALLTHROUGH
    };
    disabled | killed | silent | ((flag.on_unknown as u32) << bits::ON_UNKNOWN_SHIFT)
}

fn outcome_code(outcome: Option<Outcome>) -> u32 {
    match outcome {
        None => outcome::PASS,
        Some(Outcome::CodeDefault) => outcome::CODE_DEFAULT,
        Some(Outcome::Null) => outcome::NULL,
        Some(Outcome::Error) => outcome::ERROR,
        Some(Outcome::Variant(variant)) => outcome::VARIANT + variant,
    }
}

/// Operator, slot and bits of an expression.
fn head(node: &Expression) -> (u32, u32, u32) {
    let code = match node {
        Expression::All(_) => operator::ALL,
        Expression::Any(_) => operator::ANY,
        Expression::Not(_) => operator::NOT,
        Expression::Unknown => operator::UNKNOWN,
        Expression::Window { .. } => operator::WINDOW,
        Expression::Split(_) => operator::SPLIT,
        Expression::FlagIs { .. } => operator::FLAG_IS,
        Expression::Leaf(leaf) => return (test_code(&leaf.test), leaf.slot, leaf_bits(leaf)),
    };
    (code, 0, 0)
}

fn test_code(test: &Test) -> u32 {
    let ordered = |first: u32, order: &Order| first + *order as u32;
    match test {
        Test::Exists => operator::EXISTS,
        Test::IsNull => operator::IS_NULL,
        Test::EqualsBoolean(_) => operator::BOOLEAN,
        Test::NumberIn(_) => operator::NUMBER_IN,
        Test::TextIn(_) => operator::TEXT_IN,
        Test::InList(_) => operator::IN_LIST,
        Test::Prefix(_) => operator::PREFIX,
        Test::Suffix(_) => operator::SUFFIX,
        Test::Contains(_) => operator::CONTAINS,
        Test::Regex(_) => operator::REGEX,
        Test::NumberOrder(order, _) => ordered(operator::NUMBER_ORDER, order),
        Test::TextOrder(order, _) => ordered(operator::TEXT_ORDER, order),
        Test::DateOrder(order, _) => ordered(operator::DATE_ORDER, order),
        Test::SemverOrder(order, _) => ordered(operator::SEMVER_ORDER, order),
        Test::SemverEquals(_) => operator::SEMVER_EQUALS,
    }
}

fn leaf_bits(leaf: &Leaf) -> u32 {
    let from_now = matches!(leaf.test, Test::DateOrder(_, Instant::FromNow(_)));
    [
        (leaf.ignore_case, bits::IGNORE_CASE),
        (leaf.every_element, bits::EVERY),
        (leaf.when_missing, bits::WHEN_MISSING),
        (leaf.parse_text, bits::PARSE_TEXT),
        (from_now, bits::FROM_NOW),
    ]
    .into_iter()
    .filter(|(is_set, _)| *is_set)
    .fold(0, |all, (_, bit)| all | bit)
}

/// A native seed text is a salt and one of two purposes; the salt is often a key.
fn salt_and_purpose(algorithm: Algorithm, prefix: &str) -> (&str, u32) {
    let native = |purpose| {
        Some(prefix)
            .filter(|_| algorithm == Algorithm::Native)
            .and_then(|prefix| prefix.strip_suffix(purpose))
    };
    if let Some(salt) = native("/gate") {
        (salt, 1)
    } else if let Some(salt) = native("/split") {
        (salt, 2)
    } else {
        (prefix, 0)
    }
}

/// The number of an id of the form `r<n>`, as the loader would print it.
fn numbered(id: &str) -> Option<u32> {
    let number = id.strip_prefix('r')?.parse::<u32>().ok()?;
    (number < 1 << 29 && format!("r{number}") == id).then_some(number)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the checks allow whole numbers from 0 to 10000"
)]
fn basis_points(points: f64) -> u32 {
    points.clamp(0.0, 10_000.0) as u32
}

#[expect(
    clippy::cast_precision_loss,
    reason = "dates are whole milliseconds below 2^53"
)]
fn milliseconds(date: i64) -> f64 {
    date as f64
}

/// Groups of seven bits, lowest first; the high bit says that more follow.
fn write(bytes: &mut Vec<u8>, mut value: u32) {
    while value > 127 {
        #[expect(clippy::cast_possible_truncation, reason = "seven bits")]
        bytes.push((value & 127) as u8 | 128);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap_or_default());
}
