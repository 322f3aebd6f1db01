//! Rulesets in JavaScript, for the console, Node tools and tests: check, compile, decide, explain, simulate;
//! and other vendors' definitions in and out of them.
//!
//! Rulesets and contexts come as objects or as JSON text; answers are plain objects.
//! A refused ruleset throws an `Error` whose `problems` are those of `check`.

mod hash;
mod posthog;
mod value;

use js_sys::Uint8Array;
use pennon_ruleset::{Decider, Explanation, Limits, Place, Report, Ruleset};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};

pub use posthog::{PosthogFlags, export_posthog, import_posthog};

/// Sends panics to the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// The problems of a ruleset: `[{ severity, code, path, message, help }]`.
///
/// # Errors
///
/// A value that is not JSON.
#[wasm_bindgen]
pub fn check(ruleset: &JsValue) -> Result<JsValue, JsValue> {
    let report = match value::ruleset(ruleset)? {
        Ok(ruleset) => pennon_ruleset::check(&ruleset, &Limits::default()),
        Err(report) => report,
    };
    value::to_js(&report.problems)
}

/// Compiles for `public` or `server`: `{ plan: Uint8Array, names: Uint8Array, hash, warnings }`.
///
/// # Errors
///
/// A value that is not JSON, an audience that does not exist, a ruleset with errors.
#[wasm_bindgen]
pub fn compile(ruleset: &JsValue, audience: &str) -> Result<JsValue, JsValue> {
    let audience = value::audience(audience)?;
    let ruleset = accepted(ruleset)?;
    let compiled =
        pennon_ruleset::compile(&ruleset, audience).map_err(|report| refused(&report))?;
    let warnings = value::to_js(&compiled.report.problems)?;
    value::object(&[
        ("plan", Uint8Array::from(compiled.plan.as_slice()).into()),
        ("names", Uint8Array::from(compiled.names.as_slice()).into()),
        ("hash", compiled.hash_text().into()),
        ("warnings", warnings),
    ])
}

/// Decides one flag: `{ value?, variant?, reason, detail?, rule?, errorCode?, exposure }`.
///
/// # Errors
///
/// A plan that cannot be loaded, a context that is not JSON, a place that does not exist.
#[wasm_bindgen]
pub fn decide(
    plan: &[u8],
    context: &JsValue,
    key: &str,
    now_ms: f64,
    place: &str,
) -> Result<JsValue, JsValue> {
    let (decider, context, place) = prepared(plan, context, place)?;
    value::to_js(&decider.decide(&context, key, now_ms, place))
}

/// Decides every flag: an object of what `decide` gives, by key.
///
/// # Errors
///
/// As [`decide`].
#[wasm_bindgen(js_name = decideAll)]
pub fn decide_all(
    plan: &[u8],
    context: &JsValue,
    now_ms: f64,
    place: &str,
) -> Result<JsValue, JsValue> {
    let (decider, context, place) = prepared(plan, context, place)?;
    value::to_js(&decider.decide_all(&context, now_ms, place))
}

/// Explains one flag: `{ key, name?, sentences, details, flags }`. `names` are the bytes of the names file, or null.
///
/// # Errors
///
/// As [`decide`].
#[wasm_bindgen]
#[expect(
    clippy::needless_pass_by_value,
    reason = "wasm-bindgen hands optional bytes over as a vector"
)]
pub fn explain(
    plan: &[u8],
    names: Option<Vec<u8>>,
    context: &JsValue,
    key: &str,
    now_ms: f64,
    place: &str,
) -> Result<JsValue, JsValue> {
    let context = value::json(context)?;
    let place = value::place(place)?;
    let explanation: Explanation =
        pennon_ruleset::explain(plan, names.as_deref(), &context, key, now_ms, place)
            .map_err(JsError::from)?;
    value::to_js(&explanation)
}

/// What a change would do: `{ flags: { key: { before, after, moved } } }` for an array of contexts.
///
/// # Errors
///
/// Values that are not JSON, a ruleset with errors.
#[wasm_bindgen]
pub fn simulate(
    before: &JsValue,
    after: &JsValue,
    contexts: &JsValue,
    now_ms: f64,
) -> Result<JsValue, JsValue> {
    let (before, after) = (accepted(before)?, accepted(after)?);
    let contexts = value::json(contexts)?;
    let contexts = contexts
        .as_array()
        .ok_or_else(|| JsError::new("contexts are an array"))?;
    let simulation = pennon_ruleset::simulate(&before, &after, contexts, now_ms)
        .map_err(|report| refused(&report))?;
    value::to_js(&simulation)
}

/// The raw hash and the position of a unit: `{ hash, position }`, the hash as decimal text.
///
/// Shape: `{ algorithm, prefix?, suffix?, seed?, space?, unit }`; a `Uint8Array` as unit is bytes as they are.
///
/// # Errors
///
/// An algorithm that does not exist.
#[wasm_bindgen]
pub fn hash(request: &JsValue) -> Result<JsValue, JsValue> {
    value::to_js(&hash::bucket(request)?)
}

fn prepared(
    plan: &[u8],
    context: &JsValue,
    place: &str,
) -> Result<(Decider, serde_json::Value, Place), JsValue> {
    let decider = Decider::load(plan).map_err(JsError::from)?;
    Ok((decider, value::json(context)?, value::place(place)?))
}

fn accepted(ruleset: &JsValue) -> Result<Ruleset, JsValue> {
    value::ruleset(ruleset)?.map_err(|report| refused(&report))
}

/// An error with the problems that made it.
fn refused(report: &Report) -> JsValue {
    #[derive(Serialize)]
    struct Problems<'a> {
        problems: &'a [pennon_ruleset::Problem],
    }
    let error = js_sys::Error::new(&report.to_string());
    if let Ok(problems) = value::to_js(&Problems {
        problems: &report.problems,
    }) {
        js_sys::Object::assign(&error, &problems.into());
    }
    error.into()
}
