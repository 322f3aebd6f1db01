//! Ids and texts as the service reads them.

use serde_json::Value;

/// Longest id, in Unicode scalar values (section 2.2).
const MAX_ID: usize = 200;

/// The first 200 scalar values.
pub(crate) fn cut(id: &str) -> &str {
    id.char_indices()
        .nth(MAX_ID)
        .and_then(|(end, _)| id.get(..end))
        .unwrap_or(id)
}

/// A field by the first of its names that the object has, where `null` is absence.
pub(crate) fn field<'a>(object: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names
        .iter()
        .find_map(|name| object.get(name).filter(|value| !value.is_null()))
}

/// A text by the first of its names that holds one that is not empty.
pub(crate) fn text<'a>(object: &'a Value, names: &[&str]) -> Option<&'a str> {
    names
        .iter()
        .find_map(|name| object.get(name)?.as_str().filter(|text| !text.is_empty()))
}
