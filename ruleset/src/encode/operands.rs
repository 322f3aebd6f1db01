//! Conditions and what they refer to.

use pennon_core::layout::{Table, bits, operator, outcome};

use super::codes::{head, outcome_code};
use super::columns::{Columns, reference};
use super::number;
use super::numbering::{Numbering, Place, Shape, expression};
use crate::moment::milliseconds;
use crate::program::{Expression, ExpressionId, FlagTest, Instant, Leaf, Program, Test};

impl<'p> Columns<'p> {
    pub(super) fn optional_expression(
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

    pub(super) fn expressions(&mut self, program: &'p Program, numbering: &Numbering<'p>) {
        for id in numbering.ordered() {
            let Some(node) = expression(program, id) else {
                continue;
            };
            let operands = self.operands(numbering, node);
            let (code, slot, switches) = head(node);
            self.operators |= 1 << code;
            if switches & bits::DIALECT != 0 {
                self.operators |= 1 << operator::DIALECT;
            }
            self.push(Table::Expression, 0, code);
            self.push(Table::Expression, 1, switches);
            self.push(Table::Expression, 2, slot);
            self.push(Table::Expression, 3, number(operands.len()));
            for operand in operands {
                self.push(Table::Operand, 0, operand);
            }
        }
    }

    fn operands(&mut self, numbering: &Numbering<'p>, node: &'p Expression) -> Vec<u32> {
        match node {
            Expression::All(children)
            | Expression::InOrder(children)
            | Expression::Any(children) => children
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
            Test::EqualsBoolean(value) | Test::Truthy(value) => vec![u32::from(*value)],
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
            Test::DateOrder(
                _,
                Instant::At(date) | Instant::FromNow(date) | Instant::Calendar(date),
            ) => vec![self.numbers.reference(*date)],
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
}
