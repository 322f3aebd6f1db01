//! The vectors of `PostHog`'s wire, read in place.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

use std::io::Read as _;
use std::path::PathBuf;

use pennon_wire::posthog::{self, BodyHints, Capture, FlagState, Format, Runtime};
use serde_json::{Map, Value, json};

/// `PENNON_VECTORS`, or the usual place beside the repository.
fn folder() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = std::env::var_os("PENNON_VECTORS");
    root.join(named.unwrap_or_else(|| "../shared/vectors".into()))
        .join("posthog")
}

/// Checks each case of a file; fails with the list of those that miss.
fn check(file: &str, answer: impl Fn(&Value) -> (Value, Value)) {
    let path = folder().join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("NOT RUN: there are no vectors at {}", path.display());
        return;
    };
    let file: Value = serde_json::from_str(&text).unwrap();
    let cases = file["cases"].as_array().unwrap();
    let misses: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let (answered, expected) = answer(case);
            (answered != expected).then(|| format!("{}: {answered}, not {expected}", case["id"]))
        })
        .collect();
    eprintln!("{}: {} cases", path.display(), cases.len());
    assert!(misses.is_empty(), "{misses:#?}");
}

#[test]
fn bodies() {
    check("wire_bodies.json", |case| {
        let packed = case["body_base64"].as_str().unwrap();
        let mut body = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, packed).unwrap();
        if posthog::is_gzip(&body) {
            let mut plain = Vec::new();
            let mut reader = flate2::read::GzDecoder::new(body.as_slice());
            reader.read_to_end(&mut plain).unwrap();
            body = plain;
        }
        let query = case["query"].as_str().unwrap();
        let hints = BodyHints {
            content_type: case["content_type"].as_str().unwrap_or_default(),
            compression: query.strip_prefix("compression="),
        };
        let read = posthog::json(&body, hints).unwrap_or_else(|refusal| json!(refusal.status));
        (read, case["expect_json"].clone())
    });
}

#[test]
fn answers_in_the_client() {
    check("wire_client_parse.json", |case| {
        let object = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let current = FlagState {
            values: object(&case["current"]["flags"]),
            payloads: object(&case["current"]["payloads"]),
            details: object(&case["current"]["details"]),
        };
        let is_partial = case["options"]["partialResponse"] == true;
        let state = posthog::parse_flags(&case["response"], &current, is_partial);
        (
            state.map_or(Value::Null, Value::Object),
            case["expect_state"].clone(),
        )
    });
}

#[test]
fn rules() {
    check("wire_rules.json", |case| {
        let expected = case["expect"].clone();
        match case["op"].as_str().unwrap() {
            "etag_parse" => (json!(posthog::etag(text(case, "input"))), expected),
            "detect_runtime" => (runtime(case), expected),
            "filter_by_runtime" => (kept_by_runtime(case), case["expect_kept"].clone()),
            "filter_by_contexts" => (kept_by_contexts(case), case["expect_kept"].clone()),
            "distinct_id" => (json!(posthog::distinct_id(&case["input"])), expected),
            "device_id" => (json!(posthog::device_id(&case["body"])), expected),
            "response_format" => (format(case), expected),
            "capture_body" => capture(case),
            "capture_distinct_id" => {
                let event = case["event"].as_object().unwrap();
                (json!(posthog::distinct_id_of(event)), expected)
            }
            "event_timestamp" => (time(case), json!(moment(&expected).unwrap())),
            "minimize_flag_called" => minimized(&expected),
            other => panic!("the rule {other} is unknown"),
        }
    });
}

fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_default()
}

fn runtime(case: &Value) -> Value {
    let has = |name: &str| case["headers"].get(name).is_some();
    let found = posthog::runtime(case["explicit"].as_str(), text(case, "user_agent"), has);
    json!(found.map(|runtime| match runtime {
        Runtime::Client => "client",
        Runtime::Server => "server",
        Runtime::All => "all",
    }))
}

/// The keys of the flags that are kept, sorted.
fn kept(case: &Value, is_kept: impl Fn(&Value) -> bool) -> Value {
    let flags = case["flags"].as_object().unwrap().iter();
    let mut keys: Vec<&String> = flags
        .filter(|(_, flag)| is_kept(flag))
        .map(|(key, _)| key)
        .collect();
    keys.sort();
    json!(keys)
}

fn kept_by_runtime(case: &Value) -> Value {
    let request = case["runtime"]
        .as_str()
        .and_then(|explicit| posthog::runtime(Some(explicit), "", |_| false));
    kept(case, |flag| posthog::has_runtime(flag.as_str(), request))
}

fn kept_by_contexts(case: &Value) -> Value {
    let texts = |value: &Value| -> Vec<String> {
        let texts = value.as_array().into_iter().flatten();
        texts
            .map(|text| text.as_str().unwrap().to_owned())
            .collect()
    };
    let request = texts(&case["evaluation_contexts"]);
    kept(case, |flag| posthog::has_context(&texts(flag), &request))
}

fn format(case: &Value) -> Value {
    let is_decide = case["from_decide"] == true;
    let config = case["config"].as_bool().map(|config| config.to_string());
    let config = config.as_deref().or(case["config"].as_str());
    json!(match Format::of(is_decide, case["v"].as_str(), config) {
        Format::V2 => "v2",
        Format::Legacy => "legacy",
        Format::EnabledKeys => "decide v1: list of enabled keys",
        Format::EnabledValues => "decide v2: enabled key->value map",
    })
}

/// The wording of errors is ours, so only their status is compared.
fn capture(case: &Value) -> (Value, Value) {
    let read = Capture::read(&case["body"]).and_then(|capture| {
        capture.distinct_ids()?;
        Ok(capture)
    });
    let expected = &case["expect"];
    match read {
        Ok(capture) => (
            json!({"token": capture.token, "events": capture.events.len(), "sent_at": capture.sent_at}),
            expected.clone(),
        ),
        Err(refusal) => (
            json!({"status": refusal.status}),
            json!({"status": expected["status"]}),
        ),
    }
}

fn moment(value: &Value) -> Option<f64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of this age are exact"
    )]
    pennon_core::parse_date(value.as_str()?.as_bytes()).map(|at| at as f64)
}

fn time(case: &Value) -> Value {
    json!(posthog::event_time(
        moment(&case["received"]).unwrap(),
        moment(&case["sent_at"]),
        moment(&case["timestamp"]),
        case["offset_ms"].as_f64(),
    ))
}

/// The case gives only what is kept: that stays whole, and what lies around it goes.
fn minimized(expected: &Value) -> (Value, Value) {
    let mut event = Map::new();
    event.insert("$feature/a".to_owned(), true.into());
    event.extend(expected.as_object().unwrap().clone());
    event.insert("$feature_flag_payload".to_owned(), json!({"x": 1}));
    event.insert("$set".to_owned(), json!({"plan": "pro"}));
    (posthog::minimal(&event).into(), expected.clone())
}
