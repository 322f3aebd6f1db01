//! Checks of conditions.

use super::{Checker, FLAG, LIST, SEGMENT};
use crate::model::{Expression, FlagState, FlagTest, ValueTest};
use crate::operand::{Question, ask};
use crate::report::{At, Code};

/// Where a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// In a flag, whose salt and unit its splits use.
    Flag,
    /// In a segment, which has neither.
    Segment,
}

impl Checker<'_> {
    /// Checks a whole condition.
    pub(super) fn condition(&mut self, expression: &Expression, at: &At<'_>, scope: Scope) {
        self.expression(expression, at, scope, 1);
    }

    fn expression(&mut self, expression: &Expression, at: &At<'_>, scope: Scope, level: usize) {
        if level > self.limits.nesting {
            let message = format!("nested deeper than {} levels", self.limits.nesting);
            self.report.error(
                Code::Limit,
                at,
                message,
                "move a part into a segment, or flatten it",
            );
            return;
        }
        match expression {
            Expression::All(node) => self.children(&node.all, &at.field("all"), scope, level),
            Expression::Any(node) => self.children(&node.any, &at.field("any"), scope, level),
            Expression::None(node) => self.children(&node.none, &at.field("none"), scope, level),
            Expression::Not(node) => {
                self.expression(&node.not, &at.field("not"), scope, level + 1);
            }
            Expression::Leaf(leaf) => self.leaf(leaf, at),
            Expression::Segment(node) => {
                self.reference(&SEGMENT, &node.segment, &at.field("segment"));
            }
            Expression::List(node) => self.reference(&LIST, &node.list, &at.field("list")),
            Expression::Split(node) => {
                let at = at.field("split");
                self.split(&node.split, &at);
                let has_seed = node.split.salt.is_some() || node.split.hash.is_some();
                if scope == Scope::Segment && !has_seed {
                    let message =
                        "a split in a segment has no flag whose salt it could use".to_owned();
                    self.report
                        .error(Code::InvalidHash, &at, message, "give it a `salt`");
                }
            }
            Expression::Flag(node) => self.flag_test(&node.flag, &node.test, at),
            Expression::Unknown(_) => {}
            Expression::Program(_) => self.unsupported("a program", &at.field("program")),
        }
    }

    fn children(&mut self, children: &[Expression], at: &At<'_>, scope: Scope, level: usize) {
        for (i, child) in children.iter().enumerate() {
            self.expression(child, &at.index(i), scope, level + 1);
        }
    }

    /// Checks what is asked of another flag.
    pub(super) fn flag_test(&mut self, key: &str, test: &FlagTest, at: &At<'_>) {
        self.reference(&FLAG, key, &at.field("flag"));
        let asked = [
            test.is.is_some(),
            test.variants.is_some(),
            test.value.is_some(),
        ];
        if asked.into_iter().filter(|is_asked| *is_asked).count() > 1 {
            let message = "it asks more than one of `is`, `variants` and `value`".to_owned();
            self.report
                .error(Code::Ambiguous, at, message, "keep one of them");
        }
        if let Some(FlagState::Other(word)) = &test.is {
            let message = format!("a flag is `enabled` or `disabled`, not `{word}`");
            let help = format!(
                "say `enabled` for a flag that is switched on, or `variants: [\"{word}\"]` for what it decided"
            );
            self.report
                .error(Code::UnknownWord, &at.field("is"), message, &help);
        }
        let ruleset = self.ruleset;
        if let (Some(variants), Some(flag)) = (&test.variants, ruleset.flags.get(key)) {
            let at = at.field("variants");
            for (i, variant) in variants.iter().enumerate() {
                self.variant(flag, variant, &at.index(i));
            }
        }
        if let Some(test) = &test.value {
            self.value_test(test, &at.field("value"));
        }
    }

    fn value_test(&mut self, test: &ValueTest, at: &At<'_>) {
        if let Err(fault) = ask(Question::from(test)) {
            self.report.error(
                fault.code,
                &at.field(fault.field),
                fault.message,
                fault.help,
            );
        }
    }

    /// Checks the name of a variant.
    pub(super) fn variant(&mut self, flag: &crate::model::Flag, name: &str, at: &At<'_>) {
        if !flag.variants.contains_key(name) {
            let near = self.suggestion(name, || flag.variants.keys().map(String::as_str).collect());
            let message = format!("there is no variant `{name}`{near}");
            let help = "name a variant of the flag, or add one";
            self.report.error(Code::UnknownVariant, at, message, help);
        }
    }

    /// Reports what only an import may write.
    pub(super) fn unsupported(&mut self, what: &str, at: &At<'_>) {
        let message = format!("{what} cannot be evaluated by this version");
        let help = "write it with native rules, or wait for the importer that brings it";
        self.report.error(Code::Unsupported, at, message, help);
    }
}
