//! What the shards of a project count: metrics, dimensions and unit types.

use pennon_api::{Definitions, DefinitionsRecord, Dimension, DimensionSource};
use serde_json::Value;

use super::Model;
use crate::credential::sha256_hex;
use crate::error::ApiError;
use crate::metric;

/// The most dimensions of a project: each exposure is counted once more for each of them.
const MAX_DIMENSIONS: usize = 10;

/// The definitions as an environment's record names them.
///
/// # Errors
///
/// 500 when they cannot be written as JSON.
pub(crate) fn record(model: &Model, units: &[String]) -> Result<DefinitionsRecord, ApiError> {
    let body = Definitions {
        metrics: of_kind(model, "metrics")
            .filter_map(|(key, document)| metric::definition(key, document))
            .collect(),
        dimensions: dimensions(model),
        units: units.to_vec(),
    };
    let mut hash = sha256_hex(&serde_json::to_vec(&body)?);
    hash.truncate(16);
    Ok(DefinitionsRecord { hash, body })
}

/// Refuses an attribute that may not be a dimension.
///
/// # Errors
///
/// 422 `private_dimension` and `too_many_dimensions`.
pub(crate) fn check_attribute(model: &Model, key: &str, document: &Value) -> Result<(), ApiError> {
    if !is_marked(document) {
        return Ok(());
    }
    if is_private(document) {
        let message = "totals show the values of a dimension, so a private attribute is none";
        return Err(ApiError::new(422, "private_dimension", message).at("/dimension"));
    }
    let others = dimensions(model);
    let others = others.iter().filter(|dimension| dimension.key != key);
    if others.count() < MAX_DIMENSIONS {
        return Ok(());
    }
    let message = format!("a project has at most {MAX_DIMENSIONS} dimensions");
    Err(ApiError::new(422, "too_many_dimensions", message).at("/dimension"))
}

fn dimensions(model: &Model) -> Vec<Dimension> {
    of_kind(model, "attributes")
        .filter(|(_, document)| is_marked(document) && !is_private(document))
        .map(|(key, document)| Dimension {
            key: key.to_owned(),
            source: match document.get("known_at").and_then(Value::as_str) {
                Some("edge") => DimensionSource::Edge,
                _ => DimensionSource::Properties,
            },
        })
        .collect()
}

fn is_marked(document: &Value) -> bool {
    document.get("dimension") == Some(&Value::Bool(true))
}

fn is_private(document: &Value) -> bool {
    document.get("class").and_then(Value::as_str) == Some("private")
}

fn of_kind<'a>(model: &'a Model, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let rows = model.definitions.values();
    rows.filter(move |row| row.kind == kind && !row.deleted)
        .map(|row| (row.key.as_str(), &row.document))
}
