//! Tests of values that are known while compiling: those of another flag's variants.

use std::cmp::Ordering;

use serde_json::Value;

use crate::model::Elements;
use crate::moment::{milliseconds, parse_date};
use crate::operand::{Asked, Question, ask};
use crate::pattern::Pattern;
use crate::portable::portable;
use crate::program::{Instant, Order, Test};
use crate::semver;
use crate::spell::spell;

/// Whether the value satisfies the question. A relative date never does: it has no meaning here.
pub(super) fn holds(question: Question<'_>, value: &Value) -> bool {
    ask(question).is_ok_and(|asked| satisfies(&asked, question, value))
}

fn satisfies(asked: &Asked, question: Question<'_>, value: &Value) -> bool {
    match asked {
        Asked::All(parts) => parts.iter().all(|part| satisfies(part, question, value)),
        Asked::Any(parts) => parts.iter().any(|part| satisfies(part, question, value)),
        Asked::Not(part) => !satisfies(part, question, value),
        Asked::Test(Test::Exists) => !value.is_null(),
        Asked::Test(Test::Truthy(wanted)) => is_true(value) == *wanted,
        Asked::Test(test) | Asked::Bound(test, _) => match value {
            Value::Array(elements) if question.elements == Elements::All => {
                !elements.is_empty() && elements.iter().all(|one| passes(test, question, one))
            }
            Value::Array(elements) => elements.iter().any(|one| passes(test, question, one)),
            value => passes(test, question, value),
        },
    }
}

/// `true`, its text in any case, and arrays of nothing else.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::String(text) => text.eq_ignore_ascii_case("true"),
        Value::Array(elements) => elements.iter().all(is_true),
        _ => false,
    }
}

fn passes(test: &Test, question: Question<'_>, value: &Value) -> bool {
    match value {
        Value::Null => *test == Test::IsNull,
        Value::Bool(value) => *test == Test::EqualsBoolean(*value),
        Value::Number(number) => number
            .as_f64()
            .is_some_and(|number| passes_number(test, number)),
        Value::String(found) if question.ignore_case => passes_text(test, &found.to_lowercase()),
        Value::String(found) => passes_text(test, found),
        Value::Array(_) | Value::Object(_) => false,
    }
}

fn passes_number(test: &Test, number: f64) -> bool {
    let compare = |operand: f64| number.partial_cmp(&operand);
    match test {
        Test::NumberIn(operands) => operands
            .iter()
            .any(|operand| compare(*operand) == Some(Ordering::Equal)),
        Test::NumberOrder(order, operand) => is(*order, compare(*operand)),
        Test::DateOrder(order, Instant::At(at)) => is(*order, compare(*at)),
        _ => false,
    }
}

fn passes_text(test: &Test, found: &str) -> bool {
    match test {
        Test::TextIn(operands) => operands.iter().any(|operand| operand == found),
        Test::TextOrder(order, operand) => is(*order, Some(found.cmp(operand))),
        Test::Prefix(operands) => operands.iter().any(|operand| found.starts_with(operand)),
        Test::Suffix(operands) => operands.iter().any(|operand| found.ends_with(operand)),
        Test::Contains(operands) => operands.iter().any(|operand| found.contains(operand)),
        Test::Regex(pattern) => {
            let spelled = portable(pattern).or_else(|| spell(pattern));
            let pattern = spelled.and_then(|spelled| Pattern::read(&spelled));
            pattern.is_some_and(|pattern| pattern.is_match(found) == Some(true))
        }
        Test::DateOrder(order, Instant::At(at)) => {
            let found = parse_date(found).map(milliseconds);
            is(*order, found.and_then(|found| found.partial_cmp(at)))
        }
        Test::SemverEquals(operand) => semver::compare(found, operand) == Some(Ordering::Equal),
        Test::SemverOrder(order, operand) => is(*order, semver::compare(found, operand)),
        _ => false,
    }
}

fn is(order: Order, found: Option<Ordering>) -> bool {
    found.is_some_and(|found| match order {
        Order::Less => found.is_lt(),
        Order::LessOrEqual => found.is_le(),
        Order::Greater => found.is_gt(),
        Order::GreaterOrEqual => found.is_ge(),
    })
}
