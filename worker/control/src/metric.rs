//! What a metric says: which event it reads, and what it makes of it.

use pennon_api::{Problem, Severity};
use serde_json::Value;

use crate::error::ApiError;

const TYPES: [&str; 3] = ["conversion", "count", "sum"];
const DIRECTIONS: [&str; 2] = ["up", "down"];

/// Checks a metric document: `{event, type, direction?, name?, description?, window_hours?}`.
///
/// # Errors
///
/// 422 `invalid_ruleset` with all problems at once. Fields it does not know are kept.
pub(crate) fn check(document: &Value) -> Result<(), ApiError> {
    let Some(fields) = document.as_object() else {
        return Err(ApiError::invalid_ruleset(vec![problem(
            "",
            "shape",
            "a metric is an object",
        )]));
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let mut problems = Vec::new();
    if text("event").is_none_or(|event| event.trim().is_empty()) {
        problems.push(problem(
            "/event",
            "missing-field",
            "`event` names the event that the metric reads",
        ));
    }
    if text("type").is_none_or(|kind| !TYPES.contains(&kind)) {
        problems.push(problem(
            "/type",
            "unknown-word",
            "`type` is `conversion`, `count` or `sum`",
        ));
    }
    if fields.contains_key("direction")
        && text("direction").is_none_or(|word| !DIRECTIONS.contains(&word))
    {
        problems.push(problem(
            "/direction",
            "unknown-word",
            "`direction` is `up` or `down`, whichever is good",
        ));
    }
    for name in ["name", "description"] {
        if fields.contains_key(name) && text(name).is_none() {
            problems.push(problem(&format!("/{name}"), "shape", "this is text"));
        }
    }
    let window = fields.get("window_hours");
    if window.is_some_and(|hours| {
        hours
            .as_u64()
            .is_none_or(|hours| !(1..=8760).contains(&hours))
    }) {
        problems.push(problem(
            "/window_hours",
            "shape",
            "`window_hours` is a whole number from 1 to 8760",
        ));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid_ruleset(problems))
    }
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
        let bad = [
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
}
