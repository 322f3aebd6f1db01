//! Takes out what the shape check refused, so that the other checks can look at the rest.
//!
//! A refused rule or segment becomes one that says nothing, in its place, so every path stays what it was.

use serde_json::{Map, Value, json};

use crate::check::{Limits, check};
use crate::model::Ruleset;
use crate::report::{Code, Problem, Report};

/// Adds what the other checks find in the parts whose shape is right.
pub(crate) fn check_rest(mut value: Value, report: &mut Report) {
    let mut refused: Vec<Vec<String>> = Vec::new();
    for problem in &report.problems {
        // A field that occurs twice still has a value, and one that nobody knows does no harm.
        if !matches!(problem.code, Code::DuplicateKey | Code::UnknownField) {
            refused.push(tokens(&problem.path));
        }
    }
    let mut lost_variants = false;
    for path in &refused {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match repair(&mut value, &path) {
            Some(lost) => lost_variants |= lost,
            None => return,
        }
    }
    let Ok(ruleset) = serde_json::from_value::<Ruleset>(value) else {
        return;
    };
    // Limits are the caller's choice, unknown fields were found with the shape, and a flag that was taken
    // out has variants that nobody knows.
    let is_certain = |problem: &Problem| match problem.code {
        Code::Limit | Code::UnknownField => false,
        Code::UnknownVariant => !lost_variants,
        _ => true,
    };
    let found = check(&ruleset, &Limits::default()).problems;
    report.problems.extend(found.into_iter().filter(is_certain));
}

/// The tokens of a JSON pointer.
fn tokens(path: &str) -> Vec<String> {
    path.split('/')
        .skip(1)
        .map(|token| token.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// Makes the part at the path one that says nothing, and tells whether a flag's variants went with it;
/// nothing when too little would be left.
fn repair(ruleset: &mut Value, path: &[&str]) -> Option<bool> {
    let fields = ruleset.as_object_mut()?;
    match path {
        [] | ["flags"] => return None,
        ["schema"] => set(fields, "schema", json!(1)),
        ["environment"] => set(fields, "environment", json!("")),
        [section] => {
            fields.shift_remove(*section);
        }
        ["flags", key] | ["flags", key, "type" | "variants", ..] => {
            set(
                inside(fields, "flags")?,
                key,
                json!({ "type": "boolean", "variants": {} }),
            );
            return Some(true);
        }
        ["flags", key, "rules", place, ..] => {
            let flag = inside(inside(fields, "flags")?, key)?;
            let rule = flag
                .get_mut("rules")?
                .get_mut(place.parse::<usize>().ok()?)?;
            let id = rule.get("id").filter(|id| id.is_string()).cloned();
            let id = id.unwrap_or_else(|| json!(format!("#{place}")));
            *rule = json!({ "id": id, "outcome": { "special": "null" } });
        }
        ["flags", key, field, ..] => {
            inside(inside(fields, "flags")?, key)?.shift_remove(*field);
        }
        ["segments", id, ..] => set(
            inside(fields, "segments")?,
            id,
            json!({ "when": { "all": [] } }),
        ),
        ["lists", id, ..] => set(inside(fields, "lists")?, id, json!({ "values": [] })),
        [section, name, ..] => set(inside(fields, section)?, name, json!({})),
    }
    Some(false)
}

fn inside<'a>(
    fields: &'a mut Map<String, Value>,
    name: &str,
) -> Option<&'a mut Map<String, Value>> {
    fields.get_mut(name)?.as_object_mut()
}

fn set(fields: &mut Map<String, Value>, name: &str, value: Value) {
    fields.insert(name.to_owned(), value);
}
