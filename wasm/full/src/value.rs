//! JavaScript values to those of the ruleset crate, and back.

use js_sys::{JSON, JsString, Object, Reflect};
use pennon_ruleset::{Audience, Place, Report, Ruleset, parse};
use serde::Serialize;
use serde_json::Value;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsError, JsValue};

/// A ruleset, or what is wrong with its JSON.
pub(crate) fn ruleset(value: &JsValue) -> Result<Result<Ruleset, Report>, JsValue> {
    Ok(parse(&text(value)?))
}

/// A JSON value; what JSON does not have is left out, as `JSON.stringify` does.
pub(crate) fn json(value: &JsValue) -> Result<Value, JsValue> {
    let text = text(value)?;
    serde_json::from_str(&text).map_err(|error| JsError::from(error).into())
}

/// Text is JSON already; everything else is written as JSON, so that it means what it would mean on the wire.
pub(crate) fn text(value: &JsValue) -> Result<String, JsValue> {
    if let Some(text) = value.as_string() {
        return Ok(text);
    }
    if value.is_undefined() {
        return Ok("null".to_owned());
    }
    let text: JsString = JSON::stringify(value)?;
    text.dyn_ref::<JsString>()
        .and_then(|text| JsValue::from(text).as_string())
        .ok_or_else(|| JsError::new("not a value that JSON can hold").into())
}

pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::json_compatible())?)
}

pub(crate) fn object(fields: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value)?;
    }
    Ok(object.into())
}

pub(crate) fn audience(word: &str) -> Result<Audience, JsValue> {
    match word {
        "public" => Ok(Audience::Public),
        "server" => Ok(Audience::Server),
        _ => Err(JsError::new("the audience is `public` or `server`").into()),
    }
}

pub(crate) fn place(word: &str) -> Result<Place, JsValue> {
    match word {
        "client" => Ok(Place::Client),
        "edge" => Ok(Place::Edge),
        "server" => Ok(Place::Server),
        _ => Err(JsError::new("the place is `client`, `edge` or `server`").into()),
    }
}
