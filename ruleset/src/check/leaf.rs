//! Checks of a condition's leaves: the subject, the operator, and whether the operand fits both.

use indexmap::IndexMap;

use super::{Checker, LIST};
use crate::model::{Attribute, AttributeType, Leaf, Operator, Ruleset};
use crate::operand::{Asked, Question, ask};
use crate::program::Test;
use crate::reading::Reading;
use crate::report::{At, Code};

/// What the project declares about an attribute: the name itself, or the root of a JSON pointer.
pub(crate) fn declared<'a>(ruleset: &'a Ruleset, leaf: &Leaf) -> Option<&'a Attribute> {
    let name = leaf.attribute.as_deref()?;
    let attributes = match &leaf.group {
        Some(group) => &ruleset.groups.get(group)?.attributes,
        None => &ruleset.attributes,
    };
    declared_as(attributes, name)
}

/// What is declared about a name, or about the root of a JSON pointer.
pub(crate) fn declared_as<'a>(
    attributes: &'a IndexMap<String, Attribute>,
    name: &str,
) -> Option<&'a Attribute> {
    attributes
        .get(name)
        .or_else(|| attributes.get(&root(name)?))
}

/// Whether an operator on a unit spells whole ids out, which only servers may read.
pub(crate) fn names_ids(op: &Operator) -> bool {
    use Operator as Op;
    matches!(op, Op::Eq | Op::Ne | Op::In | Op::NotIn)
}

/// The first token of a JSON pointer, unescaped.
pub(crate) fn root(name: &str) -> Option<String> {
    let first = name.strip_prefix('/')?.split('/').next()?;
    Some(first.replace("~1", "/").replace("~0", "~"))
}

impl Checker<'_> {
    pub(super) fn leaf(&mut self, leaf: &Leaf, at: &At<'_>) {
        self.subject(leaf, at);
        if let Some(list) = &leaf.list {
            self.list_operand(leaf, list, at);
            return;
        }
        match ask(question(leaf, self.reading)) {
            Err(fault) => {
                self.report.error(
                    fault.code,
                    &at.field(fault.field),
                    fault.message,
                    fault.help,
                );
            }
            Ok(asked) => self.operand_type(leaf, &asked, at),
        }
    }

    fn subject(&mut self, leaf: &Leaf, at: &At<'_>) {
        let is_one = matches!(
            (&leaf.attribute, &leaf.unit, &leaf.group),
            (Some(_), None, _) | (None, Some(_), None)
        );
        if !is_one {
            let message =
                "a test needs one subject: `attribute`, `unit`, or `group` with `attribute`";
            let help = "name the attribute or the unit whose value is tested";
            self.report
                .error(Code::Ambiguous, at, message.to_owned(), help);
            return;
        }
        let Some(name) = &leaf.attribute else { return };
        let ruleset = self.ruleset;
        let known = match &leaf.group {
            Some(group) => ruleset.groups.get(group).map(|group| &group.attributes),
            None => Some(&ruleset.attributes).filter(|known| !known.is_empty()),
        };
        if let (Some(known), None) = (known, declared(ruleset, leaf)) {
            let near = self.suggestion(name, || known.keys().map(String::as_str).collect());
            let message = format!("the project declares no attribute `{name}`{near}");
            let help = "declare it with its type, or mend the name";
            self.report.warning(
                Code::UndeclaredAttribute,
                &at.field("attribute"),
                message,
                help,
            );
        }
    }

    fn list_operand(&mut self, leaf: &Leaf, list: &str, at: &At<'_>) {
        self.reference(&LIST, list, &at.field("list"));
        if !matches!(leaf.op, Operator::In | Operator::NotIn) || leaf.value.is_some() {
            let message = "a `list` is the operand of `in` or `not_in`, without `value`".to_owned();
            let help = "keep either the list or the value";
            self.report
                .error(Code::OperandType, &at.field("list"), message, help);
        }
        if leaf.ci {
            let message = "members of a list are compared exactly".to_owned();
            let help = "leave `ci` out, and write the members as the context spells them";
            self.report
                .error(Code::OperandType, &at.field("ci"), message, help);
        }
    }

    /// Compares the operand with the declared type; a JSON pointer leads below what is declared.
    fn operand_type(&mut self, leaf: &Leaf, asked: &Asked, at: &At<'_>) {
        let kind = match (&leaf.unit, &leaf.attribute) {
            (Some(_), _) => Some(AttributeType::String),
            (None, Some(name)) if name.starts_with('/') => None,
            _ => declared(self.ruleset, leaf).and_then(|attribute| attribute.kind),
        };
        // A dialect compares across types.
        let kind = kind.filter(|_| self.reading == Reading::default());
        let Some(kind) = kind else { return };
        if !fits(asked, kind) {
            let subject = leaf.unit.as_ref().or(leaf.attribute.as_ref());
            let subject = subject.map_or("", String::as_str);
            let message = format!(
                "`{subject}` holds {}, which `{}` with this value cannot match",
                plural(kind),
                leaf.op.word(),
            );
            let help = help(kind);
            self.report
                .error(Code::OperandType, &at.field("value"), message, help);
        }
    }
}

/// The question that a leaf with a value asks.
pub(crate) fn question(leaf: &Leaf, reading: Reading) -> Question<'_> {
    Question {
        op: &leaf.op,
        value: leaf.value.as_ref(),
        ignore_case: leaf.ci,
        elements: leaf.elements,
        reading,
    }
}

fn fits(asked: &Asked, kind: AttributeType) -> bool {
    match asked {
        Asked::All(parts) | Asked::Any(parts) => parts.iter().all(|part| fits(part, kind)),
        Asked::Not(part) => fits(part, kind),
        Asked::Test(test) | Asked::Bound(test, _) => test_fits(test, kind),
    }
}

fn test_fits(test: &Test, kind: AttributeType) -> bool {
    use AttributeType as Type;
    match test {
        Test::Exists | Test::IsNull | Test::InList(_) => true,
        Test::EqualsBoolean(_) => kind == Type::Boolean,
        Test::Truthy(_) => matches!(kind, Type::Boolean | Type::String),
        Test::NumberIn(_) => matches!(kind, Type::Number | Type::Date),
        Test::NumberOrder(..) => kind == Type::Number,
        Test::TextOrder(..) => kind == Type::String,
        Test::DateOrder(..) => matches!(kind, Type::Date | Type::String | Type::Number),
        Test::SemverEquals(_) | Test::SemverOrder(..) => {
            matches!(kind, Type::Semver | Type::String)
        }
        Test::TextIn(_) => matches!(kind, Type::String | Type::Semver | Type::Date),
        Test::Prefix(_) | Test::Suffix(_) | Test::Contains(_) | Test::Regex(_) => {
            matches!(kind, Type::String | Type::Semver)
        }
    }
}

fn plural(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::String => "text",
        AttributeType::Number => "numbers",
        AttributeType::Boolean => "true or false",
        AttributeType::Date => "dates",
        AttributeType::Semver => "semantic versions",
        AttributeType::Object => "objects",
    }
}

fn help(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::String => "compare with a text",
        AttributeType::Number => "compare with a number",
        AttributeType::Boolean => "use `eq` with true or false",
        AttributeType::Date => "use `before`, `after`, `on_or_before` or `on_or_after`",
        AttributeType::Semver => "use `semver_lt`, `semver_ge` or `semver_range`",
        AttributeType::Object => "reach a member with a JSON pointer such as /address/city",
    }
}
