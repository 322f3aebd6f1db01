//! What an operator asks with its operand, as tests of the plan, or why it cannot ask that.

mod pattern;

use serde_json::Value;

use crate::meaning;
use crate::model::{Elements, Operator, ValueTest};
use crate::moment;
use crate::program::{Order, Test};
use crate::reading::{self, Reading};
use crate::report::Code;
use crate::semver;
pub use pattern::is_pattern;
use pattern::pattern;

/// An operator with its operand and its switches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) op: &'a Operator,
    pub(crate) value: Option<&'a Value>,
    pub(crate) ignore_case: bool,
    pub(crate) elements: Elements,
    pub(crate) reading: Reading,
}

/// A question as a tree of tests of one value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Asked {
    Test(Test),
    /// A test with bits of its own.
    Bound(Test, u32),
    Not(Box<Asked>),
    All(Vec<Asked>),
    Any(Vec<Asked>),
}

/// Why a question cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    /// The field of the leaf that is at fault.
    pub(crate) field: &'static str,
    pub(crate) message: String,
    pub(crate) help: &'static str,
}

impl<'a> From<&'a ValueTest> for Question<'a> {
    fn from(test: &'a ValueTest) -> Self {
        let ValueTest {
            op,
            value,
            ci,
            elements,
            ..
        } = test;
        Self {
            op,
            value: value.as_ref(),
            ignore_case: *ci,
            elements: *elements,
            reading: Reading::default(),
        }
    }
}

/// Turns a question into tests.
pub(crate) fn ask(question: Question<'_>) -> Result<Asked, Fault> {
    use Operator as Op;
    let one = |test| Ok(Asked::Test(test));
    match question.op {
        Op::Eq => scalar(question),
        Op::Ne => scalar(question).map(not),
        Op::In => member(question),
        Op::NotIn => member(question).map(not),
        Op::Lt => ordered(question, Order::Less),
        Op::Le => ordered(question, Order::LessOrEqual),
        Op::Gt => ordered(question, Order::Greater),
        Op::Ge => ordered(question, Order::GreaterOrEqual),
        Op::StartsWith => texts(question).and_then(|texts| one(Test::Prefix(texts))),
        Op::EndsWith => texts(question).and_then(|texts| one(Test::Suffix(texts))),
        Op::Contains => texts(question).and_then(|texts| one(Test::Contains(texts))),
        Op::Matches => pattern(question).and_then(|pattern| one(Test::Regex(pattern))),
        Op::NotMatches => pattern(question).map(|pattern| {
            let test = Asked::Test(Test::Regex(pattern));
            if question.reading.fancy {
                test
            } else {
                not(test)
            }
        }),
        Op::Truthy => switch(question).and_then(|wanted| one(Test::Truthy(wanted))),
        Op::Between => between(question),
        Op::Exists => exists(question),
        Op::Before => dated(question, Order::Less),
        Op::After => dated(question, Order::Greater),
        Op::OnOrBefore => dated(question, Order::LessOrEqual),
        Op::OnOrAfter => dated(question, Order::GreaterOrEqual),
        Op::SemverEq => version(question).and_then(|version| one(Test::SemverEquals(version))),
        Op::SemverLt => versioned(question, Order::Less),
        Op::SemverLe => versioned(question, Order::LessOrEqual),
        Op::SemverGt => versioned(question, Order::Greater),
        Op::SemverGe => versioned(question, Order::GreaterOrEqual),
        Op::SemverRange => version_range(question),
        Op::Other(word) => Err(unknown_operator(word)),
    }
}

fn unknown_operator(word: &str) -> Fault {
    let near = meaning::operator(word)
        .map_or_else(String::new, |meant| format!(", did you mean {meant}?"));
    Fault {
        code: Code::UnknownOperator,
        field: "op",
        message: format!("there is no operator `{word}`{near}"),
        help: "use an operator of docs/ruleset-format.md",
    }
}

fn not(asked: Asked) -> Asked {
    Asked::Not(Box::new(asked))
}

fn scalar(question: Question<'_>) -> Result<Asked, Fault> {
    let test = match question.value {
        Some(value) if question.reading.texts && !value.is_null() => {
            Test::TextIn(vec![folded(question, &reading::text(value))])
        }
        Some(Value::Null) => Test::IsNull,
        Some(Value::Bool(value)) => Test::EqualsBoolean(*value),
        Some(Value::Number(value)) => Test::NumberIn(vec![number(value)]),
        Some(Value::String(value)) => Test::TextIn(vec![folded(question, value)]),
        _ => return Err(wrong(question, "a text, a number, true, false or null")),
    };
    Ok(Asked::Test(test))
}

fn member(question: Question<'_>) -> Result<Asked, Fault> {
    let Some(Value::Array(members)) = question.value else {
        return Err(wrong(
            question,
            "an array of texts, numbers, booleans or null",
        ));
    };
    if question.reading.texts {
        let texts = members
            .iter()
            .map(|member| folded(question, &reading::text(member)));
        return Ok(match texts.collect::<Vec<String>>() {
            texts if texts.is_empty() => Asked::Any(Vec::new()),
            texts => Asked::Test(Test::TextIn(texts)),
        });
    }
    let texts: Vec<String> = members
        .iter()
        .filter_map(Value::as_str)
        .map(|text| folded(question, text))
        .collect();
    let numbers: Vec<f64> = members
        .iter()
        .filter_map(Value::as_number)
        .map(number)
        .collect();
    let mut parts = Vec::new();
    if !texts.is_empty() {
        parts.push(Test::TextIn(texts));
    }
    if !numbers.is_empty() {
        parts.push(Test::NumberIn(numbers));
    }
    for member in members {
        match member {
            Value::Bool(value) => parts.push(Test::EqualsBoolean(*value)),
            Value::Null => parts.push(Test::IsNull),
            Value::Array(_) | Value::Object(_) => {
                return Err(wrong(
                    question,
                    "an array of texts, numbers, booleans or null",
                ));
            }
            Value::String(_) | Value::Number(_) => {}
        }
    }
    if parts.len() > 1 && question.elements == Elements::All {
        return Err(wrong(
            question,
            "members of one type together with `elements: all`",
        ));
    }
    Ok(Asked::Any(parts.into_iter().map(Asked::Test).collect()))
}

fn ordered(question: Question<'_>, order: Order) -> Result<Asked, Fault> {
    match question.value {
        Some(Value::Number(value)) => Ok(Asked::Test(Test::NumberOrder(order, number(value)))),
        Some(Value::String(value)) if question.reading.numbers => {
            let number: f64 = value
                .parse()
                .map_err(|_| wrong(question, "a number, or text that is one"))?;
            Ok(Asked::Test(Test::NumberOrder(order, number)))
        }
        Some(Value::String(value)) if !question.ignore_case => {
            Ok(Asked::Test(Test::TextOrder(order, value.clone())))
        }
        Some(Value::String(_)) => Err(no_fold(question)),
        _ => Err(wrong(question, "a number or a text")),
    }
}

fn texts(question: Question<'_>) -> Result<Vec<String>, Fault> {
    let texts = match question.value {
        Some(Value::String(text)) => Some(vec![folded(question, text)]),
        Some(Value::Array(texts)) => texts
            .iter()
            .map(|text| text.as_str().map(|text| folded(question, text)))
            .collect(),
        _ => None,
    };
    texts.ok_or_else(|| wrong(question, "a text or an array of texts"))
}

fn exists(question: Question<'_>) -> Result<Asked, Fault> {
    let exists = Asked::Test(Test::Exists);
    switch(question).map(|wanted| if wanted { exists } else { not(exists) })
}

fn switch(question: Question<'_>) -> Result<bool, Fault> {
    match question.value {
        None => Ok(true),
        Some(Value::Bool(wanted)) => Ok(*wanted),
        _ => Err(wrong(question, "true or false, or no value")),
    }
}

fn between(question: Question<'_>) -> Result<Asked, Fault> {
    let bound = |order, value: &Value| {
        value
            .as_number()
            .map(|bound| Asked::Test(Test::NumberOrder(order, number(bound))))
    };
    match question.value.and_then(Value::as_array).map(Vec::as_slice) {
        Some([low, high]) => bound(Order::GreaterOrEqual, low)
            .zip(bound(Order::LessOrEqual, high))
            .map(|(low, high)| Asked::All(vec![low, high])),
        _ => None,
    }
    .ok_or_else(|| wrong(question, "an array of two numbers"))
}

fn dated(question: Question<'_>, order: Order) -> Result<Asked, Fault> {
    let Some(value @ (Value::String(_) | Value::Number(_))) = question.value else {
        return Err(wrong(question, "a date"));
    };
    let instant = if question.reading.dates {
        moment::of_lenient_operand(value)
    } else {
        moment::of_operand(value)
    };
    match instant {
        Some(instant) => Ok(Asked::Test(Test::DateOrder(order, instant))),
        None => Err(Fault {
            code: Code::InvalidDate,
            field: "value",
            message: format!("`{}` is not a date", bare(value)),
            help: if question.reading.dates {
                "write a date such as 2026-11-01 or 2026-11-01T00:00:00Z, or -30d"
            } else {
                "write RFC 3339 such as 2026-11-01T00:00:00Z, epoch milliseconds, or now-30d"
            },
        }),
    }
}

fn versioned(question: Question<'_>, order: Order) -> Result<Asked, Fault> {
    version(question).map(|version| Asked::Test(Test::SemverOrder(order, version)))
}

fn version(question: Question<'_>) -> Result<String, Fault> {
    let Some(Value::String(text)) = question.value else {
        return Err(wrong(question, "a semantic version as text"));
    };
    let version = if question.reading.cargo {
        semver::cargo::is_version(text).then(|| text.clone())
    } else {
        semver::canonical(text)
    };
    version.ok_or_else(|| Fault {
        code: Code::InvalidSemver,
        field: "value",
        message: format!("`{text}` is not a semantic version"),
        help: "write three numbers and an optional pre-release, such as 1.4.0 or 2.0.0-rc.1",
    })
}

fn version_range(question: Question<'_>) -> Result<Asked, Fault> {
    let Some(Value::String(text)) = question.value else {
        return Err(wrong(question, "a range of semantic versions as text"));
    };
    let fault = || Fault {
        code: Code::InvalidSemver,
        field: "value",
        message: format!("`{text}` is not a range of semantic versions"),
        help: if question.reading.cargo {
            "write a range such as ^1.2, ~1.2.3, 1.*, or a version"
        } else {
            "write ranges such as ^1.2, ~1.2.3, >=1.0.0 <3.0.0, 1.x, 1.2.0 - 2.0.0, joined by ||"
        },
    };
    if question.reading.cargo {
        let comparisons = semver::cargo::range(text).ok_or_else(fault)?.into_iter();
        let bound = comparisons.map(|(test, bits)| Asked::Bound(test, bits));
        return Ok(Asked::All(bound.collect()));
    }
    let alternatives = semver::range(text).ok_or_else(fault)?;
    let all = |tests: Vec<Test>| Asked::All(tests.into_iter().map(Asked::Test).collect());
    Ok(Asked::Any(alternatives.into_iter().map(all).collect()))
}

/// Operands are folded once, here; hosts fold only the text of the context.
fn folded(question: Question<'_>, text: &str) -> String {
    use Operator as Op;
    let is_part = matches!(question.op, Op::StartsWith | Op::EndsWith | Op::Contains);
    if question.ignore_case && question.reading.ascii && is_part {
        text.to_ascii_lowercase()
    } else if question.ignore_case {
        text.to_lowercase()
    } else {
        text.to_owned()
    }
}

fn number(value: &serde_json::Number) -> f64 {
    value.as_f64().unwrap_or_default()
}

fn wrong(question: Question<'_>, expected: &str) -> Fault {
    let op = question.op.word();
    let found = question
        .value
        .map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"));
    Fault {
        code: Code::OperandType,
        field: "value",
        message: format!("`{op}` compares with {expected}, found {found}"),
        help: "change the value, or choose an operator for values of that type",
    }
}

fn no_fold(question: Question<'_>) -> Fault {
    Fault {
        code: Code::OperandType,
        field: "ci",
        message: format!("`{}` cannot ignore case", question.op.word()),
        help: "leave `ci` out; a pattern can begin with (?i), which only servers and the edge evaluate",
    }
}

fn bare(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
