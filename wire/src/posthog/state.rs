//! What posthog-js keeps of an answer (section 8.3, "posthog-js on the response").
//!
//! It is for comparing what apps see of two servers; nothing but tests uses it yet.

use serde_json::{Map, Value, json};

/// The flags that a client holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FlagState {
    /// Values by key.
    pub values: Map<String, Value>,
    /// Payloads by key.
    pub payloads: Map<String, Value>,
    /// Records of the answer by key.
    pub details: Map<String, Value>,
}

/// The state after an answer in the names of posthog-js; `None` when it ignores the answer.
///
/// `is_partial` is an answer that holds a part of the flags only and lies over what is there.
pub fn parse_flags(
    answer: &Value,
    current: &FlagState,
    is_partial: bool,
) -> Option<Map<String, Value>> {
    let is_limited = answer
        .get("quotaLimited")
        .and_then(Value::as_array)
        .is_some_and(|limited| limited.iter().any(|what| what == "feature_flags"));
    if is_limited {
        return None;
    }
    if let Some(Value::Array(keys)) = answer.get("featureFlags") {
        return Some(of_list(keys));
    }
    let has_errors = is_true(answer, "errorsWhileComputingFlags");
    let mut state = match answer.get("flags") {
        Some(flags) => of_records(flags.as_object()?, has_errors),
        None => FlagState {
            values: answer.get("featureFlags")?.as_object()?.clone(),
            payloads: object(answer, "featureFlagPayloads"),
            details: Map::new(),
        },
    };
    if has_errors || is_partial {
        state = FlagState {
            values: over(&current.values, state.values),
            payloads: over(&current.payloads, state.payloads),
            details: over(&current.details, state.details),
        };
    }
    Some(named(answer, state))
}

/// The oldest shape names enabled flags only.
fn of_list(keys: &[Value]) -> Map<String, Value> {
    let texts = keys.iter().filter_map(Value::as_str);
    let values: Map<String, Value> = texts.map(|key| (key.to_owned(), true.into())).collect();
    let mut state = Map::new();
    state.insert("$active_feature_flags".to_owned(), keys.into());
    state.insert("$enabled_feature_flags".to_owned(), values.into());
    state
}

/// With errors, what failed is left out, so that what was known survives.
fn of_records(flags: &Map<String, Value>, has_errors: bool) -> FlagState {
    let mut state = FlagState::default();
    for (key, flag) in flags {
        if has_errors && is_true(flag, "failed") {
            continue;
        }
        let enabled = is_true(flag, "enabled");
        let variant = flag.get("variant").filter(|variant| !variant.is_null());
        let value = variant.cloned().unwrap_or_else(|| enabled.into());
        state.values.insert(key.clone(), value);
        let payload = flag.get("metadata").and_then(|about| about.get("payload"));
        if let (true, Some(payload)) = (enabled, payload) {
            state.payloads.insert(key.clone(), payload.clone());
        }
        state.details.insert(key.clone(), flag.clone());
    }
    state
}

fn named(answer: &Value, state: FlagState) -> Map<String, Value> {
    let is_on = |value: &Value| {
        value
            .as_bool()
            .unwrap_or_else(|| value.as_str() != Some(""))
    };
    let on = state.values.iter().filter(|(_, value)| is_on(value));
    let active: Vec<Value> = on.map(|(key, _)| key.as_str().into()).collect();
    let mut named = Map::new();
    let mut insert = |name: &str, value: Value| named.insert(name.to_owned(), value);
    insert("$active_feature_flags", active.into());
    insert("$enabled_feature_flags", state.values.into());
    insert("$feature_flag_payloads", state.payloads.into());
    insert("$feature_flag_details", state.details.into());
    insert(
        "$minimal_flag_called_events",
        json!(is_true(answer, "minimalFlagCalledEvents")),
    );
    if let Some(id) = answer.get("requestId") {
        insert("$feature_flag_request_id", id.clone());
    }
    if let Some(at) = answer.get("evaluatedAt") {
        insert("$feature_flag_evaluated_at", at.clone());
    }
    named
}

fn over(below: &Map<String, Value>, above: Map<String, Value>) -> Map<String, Value> {
    let mut both = below.clone();
    both.extend(above);
    both
}

fn object(answer: &Value, name: &str) -> Map<String, Value> {
    let object = answer.get(name).and_then(Value::as_object);
    object.cloned().unwrap_or_default()
}

fn is_true(object: &Value, name: &str) -> bool {
    object
        .get(name)
        .and_then(Value::as_bool)
        .unwrap_or_default()
}
