//! The bucketing primitive of the core, with all algorithms.

use js_sys::{Reflect, Uint8Array};
use pennon_core::{Algorithm, Bucketing, Cbor, Unit};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wasm_bindgen::{JsCast, JsError, JsValue};

use crate::value;

/// What is asked; see [`Bucketing`] for what the fields mean.
#[derive(Deserialize)]
struct Request {
    algorithm: String,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    suffix: String,
    #[serde(default)]
    seed: u32,
    #[serde(default)]
    space: u32,
    #[serde(default)]
    unit: Value,
}

/// What is answered; a hash may have more digits than a JavaScript number keeps.
#[derive(Serialize)]
pub(crate) struct Bucket {
    hash: String,
    position: f64,
}

pub(crate) fn bucket(request: &JsValue) -> Result<Bucket, JsValue> {
    // Bytes would become an object of digits on the way through JSON.
    let unit = Reflect::get(request, &JsValue::from_str("unit"))?;
    let bytes = unit.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
    let request: Request = serde_json::from_value(value::json(request)?).map_err(JsError::from)?;
    let algorithm = Algorithm::from_name(&request.algorithm)
        .ok_or_else(|| JsError::new(&format!("there is no algorithm `{}`", request.algorithm)))?;
    let bucketing = Bucketing {
        algorithm,
        prefix: request.prefix.as_bytes(),
        suffix: request.suffix.as_bytes(),
        seed: request.seed,
        space: request.space,
    };
    let mut cbor = Cbor::default();
    let encoded;
    let unit = match (&bytes, &request.unit) {
        (Some(bytes), _) => Unit::Text(bytes),
        (None, Value::String(text)) => Unit::Text(text.as_bytes()),
        (None, Value::Bool(value)) => Unit::Boolean(*value),
        (None, Value::Number(number)) => Unit::Number(number.as_f64().unwrap_or(f64::NAN)),
        (None, other) => {
            encode(&mut cbor, other);
            encoded = cbor.into_bytes();
            Unit::Cbor(&encoded)
        }
    };
    let bucket = bucketing.bucket(unit);
    Ok(Bucket {
        hash: bucket.hash.to_string(),
        position: bucket.position,
    })
}

fn encode(cbor: &mut Cbor, value: &Value) {
    match value {
        Value::Null => cbor.null(),
        Value::Bool(value) => cbor.boolean(*value),
        Value::Number(number) => cbor.number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => cbor.text(text),
        Value::Array(elements) => {
            cbor.array(elements.len() as u64);
            for element in elements {
                encode(cbor, element);
            }
        }
        Value::Object(fields) => encode_fields(cbor, fields),
    }
}

/// Deterministic CBOR (RFC 8949 4.2.1) orders fields by their encoded keys: shorter keys come first.
fn encode_fields(cbor: &mut Cbor, fields: &Map<String, Value>) {
    let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
    sorted.sort_by_key(|(key, _)| (key.len(), key.as_bytes()));
    cbor.map(fields.len() as u64);
    for (key, value) in sorted {
        cbor.text(key);
        encode(cbor, value);
    }
}
