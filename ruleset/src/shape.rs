//! Compares a JSON value with the published schema and names every difference.
//!
//! It reads the few keywords that the generated schema uses. Unions of objects are told apart by the field
//! that each branch requires, so the findings speak of what was meant instead of listing every branch.

use serde_json::{Map, Value};

use crate::nearest::suggestion;
use crate::report::{At, Code, Report};
use crate::schema::SCHEMA;

/// Adds a problem for every place where `value` is not what the schema says.
pub(crate) fn check(value: &Value, report: &mut Report) {
    node(&SCHEMA, value, &At::Root, report);
}

fn node(schema: &Value, value: &Value, at: &At<'_>, report: &mut Report) {
    let schema = resolve(schema);
    if let Some(branches) = branches(schema) {
        union(&branches, value, at, report);
    } else if !has_type(schema, value) {
        let message = format!("expected {}, found {}", expected(schema), found(value));
        report.error(
            Code::Shape,
            at,
            message,
            "write a value of that type, or leave the field out",
        );
    } else if let Value::Object(fields) = value {
        object(schema, fields, at, report);
    } else if let (Value::Array(elements), Some(of)) = (value, schema.get("items")) {
        for (i, element) in elements.iter().enumerate() {
            node(of, element, &at.index(i), report);
        }
    }
}

fn object(schema: &Value, fields: &Map<String, Value>, at: &At<'_>, report: &mut Report) {
    let properties = schema.get("properties").and_then(Value::as_object);
    for name in required(schema) {
        if !fields.contains_key(name) {
            let close = fields.keys().map(String::as_str);
            let message = format!("the field `{name}` is missing{}", suggestion(name, close));
            report.error(Code::MissingField, at, message, "add the field");
        }
    }
    let other = schema
        .get("additionalProperties")
        .filter(|of| of.is_object());
    for (name, value) in fields {
        let of = properties.and_then(|known| known.get(name)).or(other);
        if let Some(of) = of {
            node(of, value, &at.field(name), report);
        }
    }
}

fn union(branches: &[&Value], value: &Value, at: &At<'_>, report: &mut Report) {
    let fitting: Vec<&Value> = branches
        .iter()
        .copied()
        .filter(|branch| has_type(branch, value))
        .collect();
    match (fitting.as_slice(), value) {
        ([], Value::String(word))
            if branches.iter().any(|branch| branch.get("const").is_some()) =>
        {
            unknown_word(branches, word, at, report);
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
        ([branch], _) => node(branch, value, at, report),
        (_, Value::Object(fields)) => union_of_objects(&fitting, fields, value, at, report),
        // A union of scalars, of which one fits.
        _ => {}
    }
}

/// Goes on with the branch whose required fields are there.
fn union_of_objects(
    branches: &[&Value],
    fields: &Map<String, Value>,
    value: &Value,
    at: &At<'_>,
    report: &mut Report,
) {
    let there: Vec<&Value> = branches
        .iter()
        .copied()
        .filter(|branch| required(branch).all(|name| fields.contains_key(name)))
        .collect();
    // A branch that knows another's telling field as an ordinary field of its own wins over it.
    let covered = |branch: &Value| {
        there.iter().any(|other| {
            let known = other.get("properties");
            let is_field = |name| known.and_then(|known| known.get(name)).is_some();
            !std::ptr::eq(*other, branch) && required(branch).all(is_field)
        })
    };
    let meant: Vec<&Value> = there
        .iter()
        .copied()
        .filter(|branch| !covered(branch))
        .collect();
    let telling = |branches: &[&Value]| {
        let words = branches.iter().filter_map(|branch| required(branch).next());
        words.map(|word| format!("`{word}`")).collect::<Vec<_>>()
    };
    match meant.as_slice() {
        [branch] => node(branch, value, at, report),
        [] => {
            let message = format!("expected a field {}", alternatives(&telling(branches)));
            report.error(
                Code::Ambiguous,
                at,
                message,
                "say with one of these fields what it is",
            );
        }
        several => {
            let message = format!("it has {} at once", telling(several).join(" and "));
            report.error(
                Code::Ambiguous,
                at,
                message,
                "keep one of these fields, or put them into `all`",
            );
        }
    }
}

fn unknown_word(branches: &[&Value], word: &str, at: &At<'_>, report: &mut Report) {
    let known: Vec<&str> = branches
        .iter()
        .filter_map(|branch| branch.get("const")?.as_str())
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

/// Follows references; the keywords beside a reference only describe it.
fn resolve(schema: &Value) -> &Value {
    let name = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|to| to.strip_prefix("#/$defs/"));
    name.and_then(|name| SCHEMA.get("$defs")?.get(name))
        .map_or(schema, resolve)
}

/// The branches of a union, nested unions flattened.
fn branches(schema: &Value) -> Option<Vec<&Value>> {
    let list = schema
        .get("anyOf")
        .or_else(|| schema.get("oneOf"))?
        .as_array()?;
    let resolved = list.iter().map(resolve);
    Some(
        resolved
            .flat_map(|branch| branches(branch).unwrap_or_else(|| vec![branch]))
            .collect(),
    )
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

fn has_type(schema: &Value, value: &Value) -> bool {
    if let Some(constant) = schema.get("const") {
        return constant == value;
    }
    match schema.get("type") {
        Some(Value::String(name)) => is_a(name, schema, value),
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .any(|name| is_a(name, schema, value)),
        _ => true,
    }
}

fn is_a(name: &str, schema: &Value, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "integer" => match schema.get("format").and_then(Value::as_str) {
            Some("uint32") => value.as_u64().is_some_and(|n| u32::try_from(n).is_ok()),
            _ => value.as_i64().is_some(),
        },
        _ => false,
    }
}

fn expected(schema: &Value) -> String {
    if let Some(constant) = schema.get("const").and_then(Value::as_str) {
        return format!("`{constant}`");
    }
    let name = match schema.get("type") {
        Some(Value::Array(names)) => names.first().and_then(Value::as_str),
        Some(name) => name.as_str(),
        None => None,
    };
    match name {
        Some("integer") if schema.get("minimum").is_some() => "an integer of 0 or more".to_owned(),
        Some("integer") => "an integer".to_owned(),
        Some("array") => "an array".to_owned(),
        Some("object") => "an object".to_owned(),
        Some("null") => "`null`".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some(name) => format!("a {name}"),
        None => "a value".to_owned(),
    }
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
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
