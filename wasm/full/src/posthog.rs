//! `PostHog`'s definitions: in, out, and answers.

use pennon_import::posthog::{self, Flags, Mode, Options, Request};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};

use crate::{accepted, value};

/// Makes a ruleset of definitions: `{ ruleset, grades: [{ key, grade, reasons? }] }`.
///
/// Shape: JSON text or an object; only text keeps how numbers were written.
///
/// # Errors
///
/// A value that is not JSON, or holds no flags.
#[wasm_bindgen(js_name = importPosthog)]
pub fn import_posthog(definitions: &JsValue, environment: &str) -> Result<JsValue, JsValue> {
    value::to_js(&import(definitions, environment)?)
}

/// The definitions that an imported ruleset was made of: `{ text, edited, removed }`.
///
/// # Errors
///
/// A ruleset that was not imported.
#[wasm_bindgen(js_name = exportPosthog)]
pub fn export_posthog(ruleset: &JsValue) -> Result<JsValue, JsValue> {
    let exported = posthog::export(&accepted(ruleset)?).map_err(JsError::from)?;
    value::to_js(&exported)
}

/// Imported definitions, to answer many requests.
#[wasm_bindgen(js_name = PosthogFlags)]
#[derive(Debug)]
pub struct PosthogFlags(Flags);

#[wasm_bindgen(js_class = PosthogFlags)]
impl PosthogFlags {
    /// Imports definitions.
    ///
    /// # Errors
    ///
    /// As [`import_posthog`].
    #[wasm_bindgen(constructor)]
    pub fn new(definitions: &JsValue) -> Result<Self, JsValue> {
        let import = import(definitions, "env_answer")?;
        Ok(Self(Flags::new(&import.ruleset).map_err(JsError::from)?))
    }

    /// Answers by key, for a request in the words of `/flags`.
    ///
    /// Shape: `mode` is `complete`, where a property that is absent is not set, or `local`, where it is
    /// unknown; `hash_keys` are keys that were stored for continuity, by flag, or null.
    /// Units: `now_ms` is epoch milliseconds.
    ///
    /// # Errors
    ///
    /// A request that is not JSON, and a mode that does not exist.
    pub fn answer(
        &self,
        request: &JsValue,
        hash_keys: &JsValue,
        mode: &str,
        now_ms: f64,
    ) -> Result<JsValue, JsValue> {
        let (request, hash_keys) = (value::json(request)?, value::json(hash_keys)?);
        let mode = Mode::from_word(mode)
            .ok_or_else(|| JsError::new("the mode is `complete` or `local`"))?;
        let request = Request::new(&request).with_hash_keys(&hash_keys);
        value::to_js(&self.0.answers(request, mode, now_ms))
    }
}

fn import(definitions: &JsValue, environment: &str) -> Result<posthog::Import, JsValue> {
    let options = Options {
        environment: environment.to_owned(),
    };
    let text = value::text(definitions)?;
    Ok(posthog::import(&text, &options).map_err(JsError::from)?)
}
