//! Compares a JSON value with the published schema and names every difference.
//!
//! Unions of objects are told apart by the field that each branch requires, so the findings speak of what was
//! meant instead of listing every branch.

mod tree;

use serde_json::{Map, Value};

use crate::meaning;
use crate::model::Ruleset;
use crate::nearest::suggestion;
use crate::report::{At, Code, Report, Severity};
use tree::{Node, TREE, Type};

/// Looking for what was meant takes time, and nobody reads on after so many problems.
const MAX_SUGGESTIONS: usize = 100;

/// Adds a problem for every place where `value` is not what the schema says.
pub(crate) fn check(value: &Value, report: &mut Report) {
    compare(TREE.node(TREE.root), value, &At::Root, report);
}

/// Adds a warning for every field of a ruleset that the schema does not have.
pub(crate) fn unknown_fields(ruleset: &Ruleset, report: &mut Report) {
    let Ok(value) = serde_json::to_value(ruleset) else {
        return;
    };
    let mut found = Report::default();
    check(&value, &mut found);
    let warnings = found.problems.into_iter();
    let warnings = warnings.filter(|problem| problem.severity == Severity::Warning);
    report.problems.extend(warnings);
}

fn compare(node: &Node, value: &Value, at: &At<'_>, report: &mut Report) {
    if !node.branches.is_empty() {
        union(node, value, at, report);
    } else if !fits(node, value) {
        let message = format!("expected {}, found {}", expected(node), found(value));
        let help = "write a value of that type, or leave the field out";
        report.error(Code::Shape, at, message, help);
    } else if let Value::Object(fields) = value {
        object(node, &[], fields, at, report);
    } else if let (Value::Array(elements), Some(of)) = (value, node.elements) {
        for (i, element) in elements.iter().enumerate() {
            compare(TREE.node(of), element, &at.index(i), report);
        }
    }
}

/// Compares the fields; `others` are what the object could have been instead.
fn object(
    node: &Node,
    others: &[&Node],
    fields: &Map<String, Value>,
    at: &At<'_>,
    report: &mut Report,
) {
    for name in &node.required {
        if !fields.contains_key(name) {
            let close = fields.keys().map(String::as_str);
            let message = format!("the field `{name}` is missing{}", suggestion(name, close));
            report.error(Code::MissingField, at, message, "add the field");
        }
    }
    for (name, value) in fields {
        if let Some(of) = node.properties.get(name).copied().or(node.other) {
            compare(TREE.node(of), value, &at.field(name), report);
        } else if !node.properties.is_empty() && !is_own(name) {
            unknown_field(node, others, name, &at.field(name), report);
        }
    }
}

/// Whether a field belongs to whoever wrote it, or to their editor.
fn is_own(name: &str) -> bool {
    name.starts_with("x-") || matches!(name, "ext" | "$schema")
}

fn unknown_field(node: &Node, others: &[&Node], name: &str, at: &At<'_>, report: &mut Report) {
    let here = names(node);
    let near = if report.problems.len() < MAX_SUGGESTIONS {
        meaning::field(name, &here, &telling(others))
    } else {
        None
    };
    let near = near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
    let message = format!("the field `{name}` is not known here and has no effect{near}");
    let known: Vec<String> = here.iter().map(|name| format!("`{name}`")).collect();
    let help = format!(
        "mend its name, or begin it with `x-` if it is a note of yours; known here {} {}",
        if known.len() == 1 { "is" } else { "are" },
        joined(&known, "and"),
    );
    report.warning(Code::UnknownField, at, message, &help);
}

fn names(node: &Node) -> Vec<&str> {
    node.properties.keys().map(String::as_str).collect()
}

/// The fields that tell what an object is.
fn telling<'a>(branches: &[&'a Node]) -> Vec<&'a str> {
    let words = branches.iter().filter_map(|branch| branch.required.first());
    words.map(String::as_str).collect()
}

fn union(node: &Node, value: &Value, at: &At<'_>, report: &mut Report) {
    let branches = TREE.branches(node);
    let fitting: Vec<&Node> = branches
        .iter()
        .copied()
        .filter(|branch| fits(branch, value))
        .collect();
    match (fitting.as_slice(), value) {
        ([], Value::String(word)) if branches.iter().any(|branch| branch.constant.is_some()) => {
            unknown_word(&branches, word, at, report);
        }
        ([], _) => {
            let mut expected: Vec<String> =
                branches.iter().map(|branch| expected(branch)).collect();
            expected.dedup();
            let message = format!(
                "expected {}, found {}",
                alternatives(&expected),
                found(value)
            );
            report.error(Code::Shape, at, message, "write one of those");
        }
        ([branch], _) => compare(branch, value, at, report),
        (_, Value::Object(fields)) => union_of_objects(&fitting, fields, at, report),
        // A union of scalars, of which one fits.
        _ => {}
    }
}

/// Goes on with the branch whose required fields are there.
fn union_of_objects(
    branches: &[&Node],
    fields: &Map<String, Value>,
    at: &At<'_>,
    report: &mut Report,
) {
    let is_there = |branch: &&Node| branch.required.iter().all(|name| fields.contains_key(name));
    let there: Vec<&Node> = branches.iter().copied().filter(is_there).collect();
    // A branch that knows another's telling field as an ordinary field of its own wins over it.
    let is_covered = |branch: &Node| {
        there.iter().any(|other| {
            let is_field = |name: &String| other.properties.contains_key(name);
            !std::ptr::eq(*other, branch) && branch.required.iter().all(is_field)
        })
    };
    let meant: Vec<&Node> = there
        .iter()
        .copied()
        .filter(|branch| !is_covered(branch))
        .collect();
    let quoted = |words: Vec<&str>| {
        words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
    };
    match meant.as_slice() {
        [branch] => object(branch, branches, fields, at, report),
        [] => {
            let expected = alternatives(&quoted(telling(branches)));
            let message = format!("expected a field {expected}{}", misspelt(branches, fields));
            let help = "say with one of these fields what it is";
            report.error(Code::Ambiguous, at, message, help);
        }
        several => {
            let message = format!("it has {} at once", quoted(telling(several)).join(" and "));
            let help = "keep one of these fields, or put them into `all`";
            report.error(Code::Ambiguous, at, message, help);
        }
    }
}

/// The field that was meant to tell what the object is.
fn misspelt(branches: &[&Node], fields: &Map<String, Value>) -> String {
    let known: Vec<&str> = branches.iter().flat_map(|branch| names(branch)).collect();
    let telling = telling(branches);
    let unknown = fields.keys().filter(|name| !known.contains(&name.as_str()));
    let mut meant =
        unknown.filter_map(|name| Some((name, meaning::field(name, &telling, &known)?)));
    meant.next().map_or_else(String::new, |(name, near)| {
        format!("; did you mean `{near}` by `{name}`?")
    })
}

fn unknown_word(branches: &[&Node], word: &str, at: &At<'_>, report: &mut Report) {
    let known: Vec<&str> = branches
        .iter()
        .filter_map(|branch| branch.constant.as_deref())
        .collect();
    let near = suggestion(word, known.iter().copied());
    let message = format!("`{word}` is not known here{near}");
    report.error(
        Code::UnknownWord,
        at,
        message,
        &format!("write {}", alternatives(&known)),
    );
}

fn fits(node: &Node, value: &Value) -> bool {
    match &node.constant {
        Some(word) => value.as_str() == Some(word),
        None => node.types.is_empty() || node.types.iter().any(|of| is_a(*of, value)),
    }
}

fn is_a(of: Type, value: &Value) -> bool {
    match of {
        Type::Null => value.is_null(),
        Type::Boolean => value.is_boolean(),
        Type::String => value.is_string(),
        Type::Number => value.is_number(),
        Type::Integer => value.as_i64().is_some(),
        Type::Natural => value
            .as_u64()
            .is_some_and(|number| u32::try_from(number).is_ok()),
        Type::Array => value.is_array(),
        Type::Object => value.is_object(),
    }
}

fn expected(node: &Node) -> String {
    if let Some(word) = &node.constant {
        return format!("`{word}`");
    }
    let words = match node.types.first() {
        None => "a value",
        Some(Type::Null) => "`null`",
        Some(Type::Boolean) => "true or false",
        Some(Type::String) => "a string",
        Some(Type::Number) => "a number",
        Some(Type::Integer) => "an integer",
        Some(Type::Natural) => "an integer of 0 or more",
        Some(Type::Array) => "an array",
        Some(Type::Object) => "an object",
    };
    words.to_owned()
}

fn found(value: &Value) -> String {
    match value {
        Value::Null => "`null`".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(value) => format!("`{value}`"),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn alternatives(words: &[impl AsRef<str>]) -> String {
    joined(words, "or")
}

fn joined(words: &[impl AsRef<str>], by: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} {by} {last}", others.join(", ")),
        None => String::new(),
    }
}
