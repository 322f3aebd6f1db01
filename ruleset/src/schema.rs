//! The JSON Schema of the ruleset.

use serde_json::Value;

use crate::model::Ruleset;

/// The JSON Schema (2020-12) of the ruleset, as published in `docs/ruleset.schema.json`.
pub fn schema() -> Value {
    schemars::schema_for!(Ruleset).to_value()
}
