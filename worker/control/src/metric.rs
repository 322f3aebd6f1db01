//! What a metric says: which event it reads, and what it makes of it.

use std::ops::RangeInclusive;

use pennon_api::{Direction, MetricDefinition, MetricKind, Problem, Severity};
use serde_json::{Map, Value, json};

use crate::credential::sha256_hex;
use crate::error::ApiError;

const TYPES: [&str; 5] = ["conversion", "count", "sum", "mean", "ratio"];
const DIRECTIONS: [&str; 2] = ["up", "down"];
const WINDOW_HOURS: RangeInclusive<u64> = 1..=8760;
const DEFAULT_WINDOW_HOURS: u64 = 72;
/// What one subject may contribute at most, whatever a metric says.
const MAX_CAP: f64 = 1e10;
const FIELDS: [&str; 8] = [
    "event",
    "type",
    "denominator_event",
    "cap",
    "direction",
    "window_hours",
    "name",
    "description",
];

/// Checks a metric document: `{event, type, denominator_event?, cap?, direction?, name?,
/// description?, window_hours?}`.
///
/// # Errors
///
/// 422 `invalid_ruleset` with all problems at once. Fields it does not know are kept.
pub(crate) fn check(document: &Value) -> Result<(), ApiError> {
    let Some(fields) = document.as_object() else {
        let problem = problem("", "shape", "a metric is an object");
        return Err(ApiError::invalid_ruleset(vec![problem]));
    };
    let mut problems = reading_problems(fields);
    if fields.contains_key("direction")
        && text(fields, "direction").is_none_or(|word| !DIRECTIONS.contains(&word))
    {
        let message = "`direction` is `up` or `down`, whichever is good";
        problems.push(problem("/direction", "unknown-word", message));
    }
    for name in ["name", "description"] {
        if fields.contains_key(name) && text(fields, name).is_none() {
            problems.push(problem(&format!("/{name}"), "shape", "this is text"));
        }
    }
    let hours = |hours: &Value| {
        hours
            .as_u64()
            .is_some_and(|hours| WINDOW_HOURS.contains(&hours))
    };
    if fields
        .get("window_hours")
        .is_some_and(|window| !hours(window))
    {
        let message = "`window_hours` is a whole number from 1 to 8760";
        problems.push(problem("/window_hours", "shape", message));
    }
    let is_cap = |cap: &Value| cap.as_f64().is_some_and(|cap| cap > 0.0 && cap <= MAX_CAP);
    if fields.get("cap").is_some_and(|cap| !is_cap(cap)) {
        let message = "`cap` is a number above 0, at most 10000000000";
        problems.push(problem("/cap", "shape", message));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid_ruleset(problems))
    }
}

/// A warning for every field that a metric does not have, as rulesets get them.
pub(crate) fn unknown_fields(document: &Value) -> Vec<Problem> {
    let fields = document.as_object().into_iter().flatten();
    let is_own = |name: &str| name.starts_with("x-") || matches!(name, "ext" | "$schema");
    let unknown =
        fields.filter(|(name, _)| !FIELDS.contains(&name.as_str()) && !is_own(name.as_str()));
    let warnings = unknown.map(|(name, _)| {
        let message = format!("the field `{name}` is not known here and has no effect");
        let escaped = name.replace('~', "~0").replace('/', "~1");
        Problem {
            severity: Severity::Warning,
            help: Some(format!(
                "mend its name, or begin it with `x-` if it is a note of yours; known here are `{}`",
                FIELDS.join("`, `")
            )),
            ..problem(&format!("/{escaped}"), "unknown-field", &message)
        }
    });
    warnings.collect()
}

/// What a stored document tells the shards to count; nothing for one that says too little.
pub(crate) fn definition(key: &str, document: &Value) -> Option<MetricDefinition> {
    let fields = document.as_object()?;
    let kind: MetricKind = serde_json::from_value(fields.get("type")?.clone()).ok()?;
    let denominator_event = text(fields, "denominator_event").map(str::to_owned);
    let hours = fields.get("window_hours").and_then(Value::as_u64);
    let direction = match text(fields, "direction") {
        Some("down") => Direction::Down,
        _ => Direction::Up,
    };
    let mut metric = MetricDefinition {
        key: key.to_owned(),
        version: String::new(),
        kind,
        event: text(fields, "event")?.to_owned(),
        denominator_event: denominator_event.filter(|_| kind == MetricKind::Ratio),
        window_ms: hours.unwrap_or(DEFAULT_WINDOW_HOURS) * 60 * 60 * 1000,
        cap: fields.get("cap").and_then(Value::as_f64),
        direction,
    };
    metric.version = version(&metric);
    Some(metric)
}

/// Equal for metrics that count alike.
fn version(metric: &MetricDefinition) -> String {
    let counting = json!([
        metric.kind,
        metric.event,
        metric.denominator_event,
        metric.window_ms,
        metric.cap
    ]);
    let mut hash = sha256_hex(counting.to_string().as_bytes());
    hash.truncate(8);
    hash
}

fn reading_problems(fields: &Map<String, Value>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let is_named = |name: &str| text(fields, name).is_some_and(|event| !event.trim().is_empty());
    if !is_named("event") {
        let message = "`event` names the event that the metric reads";
        problems.push(problem("/event", "missing-field", message));
    }
    let kind = text(fields, "type").filter(|kind| TYPES.contains(kind));
    if kind.is_none() {
        let message = "`type` is `conversion`, `count`, `sum`, `mean` or `ratio`";
        problems.push(problem("/type", "unknown-word", message));
    }
    if kind == Some("ratio") && !is_named("denominator_event") {
        let message = "`denominator_event` names the event that a ratio divides by";
        problems.push(problem("/denominator_event", "missing-field", message));
    }
    if kind != Some("ratio") && fields.contains_key("denominator_event") {
        let message = "only a ratio has a `denominator_event`";
        problems.push(problem("/denominator_event", "unexpected-field", message));
    }
    problems
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

fn problem(path: &str, code: &str, message: &str) -> Problem {
    Problem {
        severity: Severity::Error,
        code: code.to_owned(),
        path: path.to_owned(),
        message: message.to_owned(),
        help: None,
        document: None,
        environment: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn metrics_are_checked_as_a_whole() {
        assert!(
            check(&json!({"event": "purchase", "type": "sum", "direction": "up", "x": 1})).is_ok()
        );
        let ratio = json!({"event": "click", "type": "ratio", "denominator_event": "view"});
        assert!(check(&ratio).is_ok());
        let bad = [
            json!({"event": "click", "type": "ratio"}),
            json!({"event": "click", "type": "count", "denominator_event": "view"}),
            json!({"event": "purchase", "type": "sum", "cap": 0}),
            json!({"event": "purchase", "type": "sum", "cap": "1"}),
            json!([]),
            json!({}),
            json!({"event": "", "type": "sum"}),
            json!({"event": "purchase", "type": "median"}),
            json!({"event": "purchase", "type": "sum", "direction": 1}),
            json!({"event": "purchase", "type": "sum", "window_hours": 0}),
            json!({"event": "purchase", "type": "sum", "name": 7}),
        ];
        for document in bad {
            let error = check(&document).unwrap_err();
            assert_eq!(error.summary(), (422, "invalid_ruleset"), "{document}");
        }
    }

    #[test]
    fn fields_that_do_nothing_are_warned_of() {
        let document = json!({"event": "a", "type": "sum", "window": 7, "x-note": 1, "a/b": 2});
        let warnings = unknown_fields(&document);
        let places: Vec<&str> = warnings.iter().map(|found| found.path.as_str()).collect();
        assert_eq!(places, ["/window", "/a~1b"]);
    }

    #[test]
    fn a_version_says_how_and_not_what_for() {
        let version = |document: Value| definition("m", &document).unwrap().version;
        let sum = json!({"event": "purchase", "type": "sum", "window_hours": 72});
        assert_eq!(version(sum.clone()).len(), 8);
        let alike = json!({"event": "purchase", "type": "sum", "direction": "down", "name": "x"});
        assert_eq!(version(alike), version(sum.clone()));
        for other in [
            json!({"event": "purchase", "type": "sum", "cap": 9}),
            json!({"event": "purchase", "type": "sum", "window_hours": 24}),
            json!({"event": "order", "type": "sum"}),
            json!({"event": "purchase", "type": "mean"}),
        ] {
            assert_ne!(version(other), version(sum.clone()));
        }
    }
}
