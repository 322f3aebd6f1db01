//! From text to a ruleset.

use serde_json::Value;

use crate::json;
use crate::model::Ruleset;
use crate::repair;
use crate::report::{At, Code, Report};
use crate::shape;

/// Reads a ruleset.
///
///
/// # Errors
///
/// Everything in which the text differs from the published schema, at once: JSON that cannot be read,
/// fields that occur twice or are missing, values of another type, words that are not known.
/// What [`check`](crate::check) finds in the parts that can be read comes with them, so that one look shows
/// everything; a ruleset that is read has not been checked.
///
/// Example:
/// ```
/// let text = r#"{ "schema": 1, "environment": "env_demo", "flags": { "f": {
///     "type": "boolean", "variants": { "on": true, "off": false }, "fallthrough": { "variant": "on" } } } }"#;
/// assert_eq!(pennon_ruleset::parse(text)?.flags.len(), 1);
///
/// let report = pennon_ruleset::parse(r#"{ "schema": 1, "environment": 7 }"#).unwrap_err();
/// assert_eq!(report.problems.len(), 2);
/// # Ok::<(), pennon_ruleset::Report>(())
/// ```
pub fn parse(text: &str) -> Result<Ruleset, Report> {
    let (value, report) = json::read(text)?;
    read(value, report)
}

/// Reads a ruleset that is a JSON value already; fields that occurred twice in its text are not noticed.
///
/// # Errors
///
/// As [`parse`].
pub fn from_value(value: Value) -> Result<Ruleset, Report> {
    read(value, Report::default())
}

fn read(value: Value, mut report: Report) -> Result<Ruleset, Report> {
    shape::check(&value, &mut report);
    if report.has_errors() {
        repair::check_rest(value, &mut report);
        return Err(report);
    }
    serde_json::from_value(value).map_err(|error| {
        report.error(
            Code::Shape,
            &At::Root,
            error.to_string(),
            "compare it with the schema",
        );
        report
    })
}
