//! The bucketing primitive of the core, asked in JSON: what conformance tests and tools put to it.

use pennon_core::{Algorithm, Bucketing, Cbor, Unit};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A question for the position of a unit; see [`Bucketing`] for what the fields mean.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketRequest {
    /// Name of an algorithm of the core.
    pub algorithm: String,
    /// Text before the unit.
    #[serde(default)]
    pub prefix: String,
    /// Text after the unit.
    #[serde(default)]
    pub suffix: String,
    /// Seed of a seeded hash.
    #[serde(default)]
    pub seed: u32,
    /// Size of the space, where the algorithm leaves it open.
    #[serde(default)]
    pub space: u32,
    /// The unit: text, boolean or number; other JSON is hashed as deterministic CBOR.
    #[serde(default)]
    pub unit: Value,
    /// Bytes of the unit instead, where they are not text.
    #[serde(default)]
    pub bytes: Option<Vec<u8>>,
}

/// Where a unit lies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BucketAnswer {
    /// The raw hash in decimal: it may have more digits than a JSON number keeps.
    pub hash: String,
    /// The position in the space of the algorithm.
    pub position: f64,
}

/// Hashes the unit of a request.
///
/// # Errors
///
/// The name of an algorithm that there is not.
pub fn bucket(request: &BucketRequest) -> Result<BucketAnswer, String> {
    let algorithm = Algorithm::from_name(&request.algorithm)
        .ok_or_else(|| format!("there is no algorithm `{}`", request.algorithm))?;
    let bucketing = Bucketing {
        algorithm,
        prefix: request.prefix.as_bytes(),
        suffix: request.suffix.as_bytes(),
        seed: request.seed,
        space: request.space,
    };
    let mut cbor = Cbor::default();
    let encoded;
    let unit = match (&request.bytes, &request.unit) {
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
    Ok(BucketAnswer {
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
