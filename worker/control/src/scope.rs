//! Which fields of a flag belong to its project and which to one environment.
//!
//! People send and receive one document per flag and environment. What must be the same
//! everywhere (type, variants, salt, …) is stored once; the rest is stored per environment, and
//! so are fields this version does not know, because a change there then touches one
//! environment only.

use serde_json::{Map, Value};

/// Fields of the project, in the order in which documents show them.
const PROJECT_FIELDS: [&str; 12] = [
    "name",
    "description",
    "owner",
    "lifetime",
    "type",
    "variants",
    "unit",
    "salt",
    "on_unknown",
    "client",
    "client_only",
    "dialect",
];

/// A flag document taken apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Parts {
    /// The same in every environment.
    pub(crate) project: Map<String, Value>,
    /// Of one environment.
    pub(crate) environment: Map<String, Value>,
}

/// Takes a document apart; `merge` puts it together again.
pub(crate) fn split(document: Map<String, Value>) -> Parts {
    let mut parts = Parts::default();
    for (field, value) in document {
        if PROJECT_FIELDS.contains(&field.as_str()) {
            parts.project.insert(field, value);
        } else {
            parts.environment.insert(field, value);
        }
    }
    parts
}

/// The document that people see.
pub(crate) fn merge(
    project: &Map<String, Value>,
    environment: &Map<String, Value>,
) -> Map<String, Value> {
    let mut document = Map::new();
    for field in PROJECT_FIELDS {
        if let Some(value) = project.get(field) {
            document.insert(field.to_owned(), value.clone());
        }
    }
    for (field, value) in environment {
        document.insert(field.clone(), value.clone());
    }
    document
}

/// Fills in what a sent document may leave out: the salt, which once given never changes by
/// omission (users would move), and the killed bit, which only `kill` and `unkill` move by default.
pub(crate) fn complete(parts: &mut Parts, key: &str, stored: Option<&Parts>) {
    let stored_salt = stored
        .and_then(|stored| stored.project.get("salt"))
        .cloned();
    // `null` says of an optional field that it is absent.
    if parts.project.get("salt").is_none_or(Value::is_null) {
        let salt = stored_salt.unwrap_or_else(|| Value::from(key));
        parts.project.insert("salt".to_owned(), salt);
    }
    let stored_bit = stored
        .and_then(|stored| stored.environment.get("killed"))
        .cloned();
    parts
        .environment
        .entry("killed")
        .or_insert_with(|| stored_bit.unwrap_or(Value::Bool(false)));
}

/// What a flag begins with in the environments it was not created in: disabled, no rules.
pub(crate) fn dormant(environment: &Map<String, Value>) -> Map<String, Value> {
    let mut dormant = Map::new();
    dormant.insert("enabled".to_owned(), Value::Bool(false));
    dormant.insert("killed".to_owned(), Value::Bool(false));
    if let Some(off) = environment.get("off") {
        dormant.insert("off".to_owned(), off.clone());
        if off.is_string() {
            dormant.insert(
                "fallthrough".to_owned(),
                serde_json::json!({ "variant": off }),
            );
        }
    }
    dormant.insert("rules".to_owned(), Value::Array(Vec::new()));
    dormant
}

/// Whether the killed bit is set.
pub(crate) fn is_killed(environment: &Map<String, Value>) -> bool {
    environment
        .get("killed")
        .and_then(Value::as_bool)
        .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    #[test]
    fn what_is_taken_apart_comes_together() {
        let document = object(serde_json::json!({
            "enabled": true, "variants": {"b": 1, "a": 2}, "type": "number", "x-ticket": "T-1", "off": "a"
        }));
        let parts = split(document.clone());
        assert_eq!(
            parts.project.keys().collect::<Vec<_>>(),
            ["variants", "type"]
        );
        assert_eq!(
            parts.environment.keys().collect::<Vec<_>>(),
            ["enabled", "x-ticket", "off"]
        );
        let merged = merge(&parts.project, &parts.environment);
        assert_eq!(merged, document);
        let variants: Vec<&String> = merged["variants"].as_object().unwrap().keys().collect();
        assert_eq!(variants, ["b", "a"]);
    }

    #[test]
    fn omitted_salt_and_killed_bit_stay_as_they_were() {
        let mut first = split(object(serde_json::json!({"off": "no"})));
        complete(&mut first, "checkout", None);
        assert_eq!(first.project["salt"], "checkout");
        assert!(!is_killed(&first.environment));

        let stored = split(object(serde_json::json!({"salt": "old", "killed": true})));
        let mut next = split(object(serde_json::json!({"off": "no"})));
        complete(&mut next, "checkout", Some(&stored));
        assert_eq!(next.project["salt"], "old");
        assert!(is_killed(&next.environment));
    }

    #[test]
    fn other_environments_begin_with_the_off_variant() {
        let dormant = dormant(&object(
            serde_json::json!({"off": "no", "enabled": true, "rules": [1]}),
        ));
        assert_eq!(
            Value::Object(dormant),
            serde_json::json!({
                "enabled": false, "killed": false, "off": "no", "fallthrough": {"variant": "no"}, "rules": []
            })
        );
    }
}
