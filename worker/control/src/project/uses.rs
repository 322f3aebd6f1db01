//! Where conditions use an attribute or a group: the checks accept names that nobody declares, so
//! they do not say it.

use pennon_api::{Problem, Severity};
use serde_json::{Map, Value};

use super::model::Model;

/// Fields of a flag in which conditions stand.
const FIELDS: [&str; 3] = ["rules", "fallthrough", "prerequisites"];
/// Places that an answer names.
const MAX_PLACES: usize = 100;

/// Every condition that reads the attribute or the group (`kind`) of that key, as a reason not to
/// remove it.
pub(super) fn of(model: &Model, kind: &str, key: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    for row in model.definitions.values() {
        if row.kind == "segments" && !row.deleted {
            let user = User {
                document: format!("segments/{}", row.key),
                environment: None,
            };
            look(&row.document, "", (kind, key), &user, &mut found);
        }
    }
    for ((environment, flag), part) in &model.parts {
        if model.live_version(environment, flag).is_none() {
            continue;
        }
        let user = User {
            document: format!("flags/{flag}"),
            environment: Some(environment.clone()),
        };
        for field in FIELDS {
            if let Some(value) = part.document.get(field) {
                let place = format!("/{field}");
                look(value, &place, (kind, key), &user, &mut found);
            }
        }
    }
    found
}

struct User {
    document: String,
    environment: Option<String>,
}

fn look(value: &Value, place: &str, what: (&str, &str), user: &User, found: &mut Vec<Problem>) {
    match value {
        _ if found.len() >= MAX_PLACES => {}
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                look(item, &format!("{place}/{i}"), what, user, found);
            }
        }
        Value::Object(fields) => {
            if let Some(field) = reads(fields, what) {
                found.push(problem(&format!("{place}/{field}"), what, user));
            }
            for (name, field) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                look(field, &format!("{place}/{name}"), what, user, found);
            }
        }
        _ => {}
    }
}

/// The field of an object that names what is looked for.
fn reads(fields: &Map<String, Value>, (kind, key): (&str, &str)) -> Option<&'static str> {
    let group = fields.get("group").and_then(Value::as_str);
    if kind == "groups" {
        return (group == Some(key)).then_some("group");
    }
    let attribute = fields.get("attribute").and_then(Value::as_str)?;
    // A pointer reads the attribute that its first step names.
    let pointed = attribute
        .strip_prefix('/')
        .and_then(|rest| rest.split('/').next())
        .map(|step| step.replace("~1", "/").replace("~0", "~"));
    let name = pointed.as_deref().unwrap_or(attribute);
    (group.is_none() && name == key).then_some("attribute")
}

fn problem(path: &str, (kind, key): (&str, &str), user: &User) -> Problem {
    let what = super::singular(kind);
    let told = match user.document.split_once('/') {
        Some((kind, key)) => format!("the {} `{key}`", super::singular(kind)),
        None => user.document.clone(),
    };
    Problem {
        severity: Severity::Error,
        code: format!("unknown-{what}"),
        path: path.to_owned(),
        message: format!("{told} still uses the {what} `{key}`"),
        help: Some(format!(
            "take it out there or delete that first, then delete the {what}"
        )),
        document: Some(user.document.clone()),
        environment: user.environment.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conditions_name_attributes_directly_by_pointer_and_in_groups() {
        let rules = json!([
            { "when": { "all": [
                { "attribute": "plan", "op": "eq", "value": "pro" },
                { "not": { "attribute": "/address/city", "op": "eq", "value": "plan" } },
                { "group": "company", "attribute": "plan", "op": "eq", "value": "attribute" },
            ] } },
            { "outcome": { "distribution": { "units": [{ "attribute": "email" }] } } },
        ]);
        let cases = [
            (("attributes", "plan"), vec!["/0/when/all/0/attribute"]),
            (
                ("attributes", "address"),
                vec!["/0/when/all/1/not/attribute"],
            ),
            (
                ("attributes", "email"),
                vec!["/1/outcome/distribution/units/0/attribute"],
            ),
            (("attributes", "city"), vec![]),
            (("groups", "company"), vec!["/0/when/all/2/group"]),
        ];
        let user = User {
            document: "flags/a".into(),
            environment: None,
        };
        for (what, expected) in cases {
            let mut found = Vec::new();
            look(&rules, "", what, &user, &mut found);
            let places: Vec<&str> = found.iter().map(|problem| problem.path.as_str()).collect();
            assert_eq!(places, expected, "{what:?}");
        }
    }
}
