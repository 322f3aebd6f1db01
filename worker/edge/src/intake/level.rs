//! The values by which totals are split.

use std::collections::BTreeMap;

use pennon_api::{Definitions, DimensionSource};
use serde_json::{Map, Value};

/// Longest value, in bytes.
const MAX_LEVEL_BYTES: usize = 64;

/// The levels of one exposure, by the keys of the configured dimensions. Everything else that it
/// says of itself is left behind here.
pub(super) fn of(
    definitions: Option<&Definitions>,
    properties: Option<&Map<String, Value>>,
    sender: Option<&BTreeMap<String, String>>,
) -> BTreeMap<String, String> {
    let said = |key: &str| properties.and_then(|said| said.get(key)).and_then(text);
    let dimensions = definitions.map_or(&[][..], |definitions| &definitions.dimensions);
    let levels = dimensions.iter().filter_map(|dimension| {
        let key = dimension.key.as_str();
        let level = match (dimension.source, sender) {
            (DimensionSource::Edge, Some(known)) => known.get(key).cloned(),
            // A server sends for others, so only it knows where they are.
            (DimensionSource::Edge, None) | (DimensionSource::Properties, _) => said(key),
        };
        Some((key.to_owned(), level?))
    });
    levels.collect()
}

/// A value as text; what is no text, number or boolean, or is too long, is no level.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        _ => return None,
    };
    (1..=MAX_LEVEL_BYTES).contains(&text.len()).then_some(text)
}
