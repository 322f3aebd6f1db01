//! The forms that definitions come in.

use serde_json::{Map, Value, json};

use crate::error::ImportError;

/// Flag definitions, as far as an import looks into what is around them.
#[derive(Debug)]
pub(super) struct Definitions {
    pub(super) flags: Vec<Value>,
    /// Cohorts by id: the group of the payload, or the row of an export.
    pub(super) cohorts: Map<String, Value>,
    /// Names of group types by index.
    pub(super) groups: Map<String, Value>,
    /// Whether boolean-like operands of `exact` are compared as truth.
    pub(super) compares_truth: bool,
    /// What came in, without its flags.
    envelope: Value,
    /// Where in the envelope the flags were: a field, `[]` for the whole, nothing for a single flag.
    list: &'static str,
    /// Texts of numbers that JSON values do not keep.
    numbers: Map<String, Value>,
}

/// Names of the list of flags.
const LISTS: [&str; 3] = ["flags", "results", "feature_flags"];

impl Definitions {
    pub(super) fn read(mut value: Value, numbers: Map<String, Value>) -> Result<Self, ImportError> {
        let list = LISTS.into_iter().find(|name| value[*name].is_array());
        let list = match (&value, list) {
            (Value::Array(_), _) => "[]",
            (Value::Object(_), Some(name)) => name,
            (Value::Object(fields), None) if fields.contains_key("key") => "",
            _ => {
                return Err(ImportError::new(
                    "no flags: expected an object with `flags`, a list of flags, or one flag",
                ));
            }
        };
        let flags = match list {
            "" => vec![std::mem::take(&mut value)],
            "[]" => elements(&mut value),
            name => value.get_mut(name).map(elements).unwrap_or_default(),
        };
        Ok(Self {
            flags,
            cohorts: cohorts(&value["cohorts"]),
            groups: groups(&value),
            compares_truth: value["property_matching_version"] != 2,
            envelope: value,
            list,
            numbers,
        })
    }

    /// What an export needs besides the flags' own definitions; `flags` says what became of each.
    pub(super) fn rest(&self, flags: &[Value]) -> Value {
        json!({ "envelope": self.envelope, "list": self.list, "flags": flags, "numbers": self.numbers })
    }
}

fn elements(list: &mut Value) -> Vec<Value> {
    list.as_array_mut().map(std::mem::take).unwrap_or_default()
}

fn cohorts(value: &Value) -> Map<String, Value> {
    match value {
        Value::Object(by_id) => by_id.clone(),
        Value::Array(rows) => rows
            .iter()
            .filter_map(|row| Some((id_text(&row["id"])?, row.clone())))
            .collect(),
        _ => Map::new(),
    }
}

pub(super) fn groups(value: &Value) -> Map<String, Value> {
    if let Value::Object(mapping) = &value["group_type_mapping"] {
        return mapping.clone();
    }
    let rows = value["group_types"].as_array().into_iter().flatten();
    rows.filter_map(|row| {
        Some((
            id_text(&row["group_type_index"])?,
            row["group_type"].clone(),
        ))
    })
    .collect()
}

/// A number or numeric text as the text of an id.
pub(super) fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}
