//! The raw hash and the position of a unit, as `wasm/full` exports them under the name `hash`.

use anyhow::{Context as _, Result};
use pennon_core::{Algorithm, Bucketing, Cbor, Unit};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is asked: see `pennon_core::Bucketing` for what the fields mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
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
    /// Bytes of the unit, where they are not text.
    bytes: Option<Vec<u8>>,
}

/// What is answered; a hash may have more digits than a JSON number keeps.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer {
    Bucket { hash: String, position: f64 },
    Refused { error: String },
}

pub(crate) fn answer(questions: &str) -> Result<String> {
    let questions: Vec<Value> = serde_json::from_str(questions)?;
    let answers: Vec<Answer> = questions
        .into_iter()
        .map(|question| {
            // One question that makes no sense must not hide what the others show.
            bucket(question).unwrap_or_else(|error| Answer::Refused {
                error: format!("{error:#}"),
            })
        })
        .collect();
    Ok(serde_json::to_string(&answers)?)
}

fn bucket(question: Value) -> Result<Answer> {
    let question: Question = serde_json::from_value(question)?;
    let algorithm = Algorithm::from_name(&question.algorithm)
        .with_context(|| format!("there is no algorithm `{}`", question.algorithm))?;
    let bucketing = Bucketing {
        algorithm,
        prefix: question.prefix.as_bytes(),
        suffix: question.suffix.as_bytes(),
        seed: question.seed,
        space: question.space,
    };
    let mut cbor = Cbor::default();
    let encoded;
    let unit = match (&question.bytes, &question.unit) {
        (Some(bytes), _) => Unit::Text(bytes),
        (None, Value::String(text)) => Unit::Text(text.as_bytes()),
        (None, Value::Bool(value)) => Unit::Boolean(*value),
        (None, Value::Number(number)) => Unit::Number(number.as_f64().context("not a double")?),
        (None, other) => {
            encode(&mut cbor, other);
            encoded = cbor.into_bytes();
            Unit::Cbor(&encoded)
        }
    };
    let bucket = bucketing.bucket(unit);
    Ok(Answer::Bucket {
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
        Value::Array(items) => {
            cbor.array(u64::try_from(items.len()).unwrap_or(u64::MAX));
            for item in items {
                encode(cbor, item);
            }
        }
        Value::Object(fields) => encode_fields(cbor, fields),
    }
}

/// Deterministic CBOR orders fields by their encoded keys: shorter keys come first.
fn encode_fields(cbor: &mut Cbor, fields: &Map<String, Value>) {
    let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
    sorted.sort_by_key(|(key, _)| (key.len(), key.as_bytes()));
    cbor.map(u64::try_from(fields.len()).unwrap_or(u64::MAX));
    for (key, value) in sorted {
        cbor.text(key);
        encode(cbor, value);
    }
}
