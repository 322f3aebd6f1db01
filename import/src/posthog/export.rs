//! Out again: what came in, as long as nobody changed what was made of it.

use pennon_ruleset::Ruleset;
use serde::Serialize;
use serde_json::{Map, Value};

use super::operator::put;
use super::{Options, import};
use crate::error::ImportError;
use crate::numbers;

/// Definitions, as they came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// JSON text without spaces; numbers are written as they were.
    pub text: String,
    /// Flags whose ruleset was edited since; the text has what came in.
    pub edited: Vec<String>,
    /// Flags that are no longer in the ruleset, and not in the text.
    pub removed: Vec<String>,
}

/// The definitions that an imported ruleset was made of.
///
/// **Errors** a ruleset that was not imported.
pub fn export(ruleset: &Ruleset) -> Result<Exported, ImportError> {
    let kept = ruleset
        .unknown
        .get("ext")
        .and_then(|ext| ext.get("posthog"))
        .ok_or_else(|| ImportError::new("the ruleset was not imported from PostHog"))?;
    let mut removed = Vec::new();
    let mut flags = Vec::new();
    for flag in kept["flags"].as_array().into_iter().flatten() {
        let Some(key) = flag["flag"].as_str() else {
            flags.push(flag["refused"].clone());
            continue;
        };
        match ruleset
            .flags
            .get(key)
            .and_then(|flag| flag.unknown.get("ext"))
        {
            Some(ext) => flags.push(ext["posthog"]["definition"].clone()),
            None => removed.push(key.to_owned()),
        }
    }
    let mut value = kept["envelope"].clone();
    match kept["list"].as_str() {
        Some("[]") => value = Value::Array(flags),
        Some("") => value = flags.pop().unwrap_or_default(),
        Some(name) => put(&mut value, name, flags),
        None => {}
    }
    let none = Map::new();
    let texts = kept["numbers"].as_object().filter(|_| removed.is_empty());
    let text = numbers::print(&value, texts.unwrap_or(&none));
    let edited = edited(ruleset, &text)?;
    Ok(Exported {
        text,
        edited,
        removed,
    })
}

/// Flags that another import would make differently.
fn edited(ruleset: &Ruleset, text: &str) -> Result<Vec<String>, ImportError> {
    let options = Options {
        environment: ruleset.environment.clone(),
    };
    let again = import(text, &options)?.ruleset;
    let is_edited = |(key, flag): &(&String, &pennon_ruleset::model::Flag)| {
        again.flags.get(*key).is_some_and(|again| again != *flag)
    };
    let edited = ruleset.flags.iter().filter(is_edited);
    Ok(edited.map(|(key, _)| key.clone()).collect())
}
