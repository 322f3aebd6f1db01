//! The fields of each type of event, as a table.

use serde_json::{Map, Value};

use super::event::{Refusal, RefusalCode};
use super::uuid::Uuid;

/// Longest key or name, in bytes.
const NAME_BYTES: usize = 256;
/// Longest word with a meaning of its own, in bytes.
const WORD_BYTES: usize = 64;
/// The largest integer that JavaScript holds exactly.
const MAX_INTEGER: u64 = (1 << 53) - 1;
const MAX_U32: u64 = u32::MAX as u64;
/// Totals use the last one for the epochs that are too many.
const MAX_EPOCH: u64 = MAX_U32 - 1;

/// One field that an event of some type has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    name: &'static str,
    shape: Shape,
    is_required: bool,
}

#[derive(Debug, Clone, Copy)]
enum Shape {
    Text { max_bytes: usize },
    Integer { max: u64 },
    Number,
    Boolean,
    Uuid,
    Object { max_entries: usize },
    Any,
}

const NAME: Shape = Shape::Text {
    max_bytes: NAME_BYTES,
};
const WORD: Shape = Shape::Text {
    max_bytes: WORD_BYTES,
};

const PROPERTIES: Shape = Shape::Object { max_entries: 64 };

const EXPOSURE: [Field; 8] = [
    required("flag", NAME),
    required("variant", NAME),
    optional("revision", Shape::Integer { max: MAX_INTEGER }),
    optional("reason", WORD),
    optional("rule", NAME),
    optional("epoch", Shape::Integer { max: MAX_EPOCH }),
    optional("stage", WORD),
    optional("properties", PROPERTIES),
];
const TRACK: [Field; 3] = [
    required("name", NAME),
    optional("value", Shape::Number),
    optional("properties", PROPERTIES),
];
const ANSWER: [Field; 5] = [
    required("survey", NAME),
    required("question", NAME),
    required("submission", Shape::Uuid),
    required("sequence", Shape::Integer { max: MAX_U32 }),
    required("value", Shape::Any),
];
const IDENTIFY: [Field; 1] = [optional("previous", Shape::Object { max_entries: 8 })];
const ENROL: [Field; 2] = [required("flag", NAME), required("value", Shape::Boolean)];

/// The fields of a type of event beside those that every event has.
pub(super) fn of_type(kind: &str) -> Option<&'static [Field]> {
    match kind {
        "exposure" => Some(&EXPOSURE),
        "track" => Some(&TRACK),
        "answer" => Some(&ANSWER),
        "identify" => Some(&IDENTIFY),
        "enrol" => Some(&ENROL),
        _ => None,
    }
}

/// Moves the fields of the table from the event as it was sent to what is known of it.
pub(super) fn take(
    fields: &[Field],
    sent: &mut Map<String, Value>,
    known: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    for field in fields {
        match sent.remove(field.name) {
            None | Some(Value::Null) if field.is_required => {
                let message = format!("`{}` is missing", field.name);
                return Err(Refusal::new(RefusalCode::MissingField, message));
            }
            None | Some(Value::Null) => {}
            Some(value) if field.shape.admits(&value) => {
                known.insert(field.name.to_owned(), value);
            }
            Some(_) => {
                let message = format!("`{}` must be {}", field.name, field.shape.wanted());
                return Err(Refusal::new(RefusalCode::InvalidField, message));
            }
        }
    }
    Ok(())
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        is_required: true,
    }
}

const fn optional(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        is_required: false,
    }
}

impl Shape {
    fn admits(self, value: &Value) -> bool {
        match self {
            Shape::Text { max_bytes } => value
                .as_str()
                .is_some_and(|text| (1..=max_bytes).contains(&text.len())),
            Shape::Integer { max } => value.as_u64().is_some_and(|number| number <= max),
            Shape::Number => value.as_f64().is_some_and(f64::is_finite),
            Shape::Boolean => value.is_boolean(),
            Shape::Uuid => value.as_str().and_then(Uuid::parse).is_some(),
            Shape::Object { max_entries } => value
                .as_object()
                .is_some_and(|object| object.len() <= max_entries),
            Shape::Any => true,
        }
    }

    fn wanted(self) -> String {
        match self {
            Shape::Text { max_bytes } => format!("text of 1 to {max_bytes} bytes"),
            Shape::Integer { max } => format!("an integer from 0 to {max}"),
            Shape::Number => "a finite number".to_owned(),
            Shape::Boolean => "true or false".to_owned(),
            Shape::Uuid => "a UUID of version 7".to_owned(),
            Shape::Object { max_entries } => {
                format!("an object with at most {max_entries} entries")
            }
            Shape::Any => "present".to_owned(),
        }
    }
}
