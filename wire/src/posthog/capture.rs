//! Bodies of `/e/`, `/batch/` and their kin (section 8.6).

use serde_json::{Map, Value};

use super::text::{cut, field};
use crate::Refusal;

/// The events of one request, all of one project.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture<'a> {
    /// The project's public key.
    pub token: &'a str,
    /// Each has a name; see [`distinct_id_of`] for whom it is about.
    pub events: Vec<&'a Map<String, Value>>,
    /// When the client sent them, as it says.
    pub sent_at: Option<&'a str>,
}

const SHAPE: Refusal = Refusal::new(
    400,
    "a body is an event, an array of events, or `{\"batch\": [...]}`",
);
const EMPTY: Refusal = Refusal::new(400, "the batch has no events");
const NAMELESS: Refusal = Refusal::new(400, "missing event name");
const NO_ID: Refusal = Refusal::new(400, "an event has no `distinct_id`");
const NO_TOKEN: Refusal = Refusal::new(401, "missing token");
const TOKENS: Refusal = Refusal::new(401, "multiple tokens");
const PERSONAL: Refusal = Refusal::new(401, "personal api key");

impl<'a> Capture<'a> {
    /// Reads a body in one of its three shapes; one bad event refuses all of them.
    ///
    /// # Errors
    ///
    /// 401 for a token that is missing, ambiguous or personal, 400 for events that are not.
    pub fn read(body: &'a Value) -> Result<Self, Refusal> {
        let batch = body.get("batch").and_then(Value::as_array);
        let events: Vec<&Map<String, Value>> = match (batch, body) {
            (Some(batch), _) | (None, Value::Array(batch)) => batch
                .iter()
                .map(|event| event.as_object().ok_or(SHAPE))
                .collect::<Result<_, _>>()?,
            (None, Value::Object(event)) => vec![event],
            _ => return Err(SHAPE),
        };
        if events.is_empty() {
            return Err(EMPTY);
        }
        let token = token(body, batch.is_some(), &events)?;
        for event in &events {
            let name = event
                .get("event")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if name.is_empty() {
                return Err(NAMELESS);
            }
        }
        let sent_at = body.get("sent_at").and_then(Value::as_str);
        Ok(Self {
            token,
            events,
            sent_at,
        })
    }

    /// The distinct ids of the events, in their order.
    ///
    /// # Errors
    ///
    /// 400 when an event has none.
    pub fn distinct_ids(&self) -> Result<Vec<String>, Refusal> {
        let ids = self
            .events
            .iter()
            .map(|event| distinct_id_of(event).ok_or(NO_ID));
        ids.collect()
    }
}

/// A token of the batch counts for all of its events; without one, all events must agree.
fn token<'a>(
    body: &'a Value,
    is_batch: bool,
    events: &[&'a Map<String, Value>],
) -> Result<&'a str, Refusal> {
    let of_batch = is_batch
        .then(|| field(body, &["api_key", "token"]))
        .flatten();
    let token = match of_batch {
        Some(token) => token.as_str().ok_or(NO_TOKEN)?,
        None => common_token(events)?,
    };
    match token {
        "" => Err(NO_TOKEN),
        personal if personal.starts_with("phx_") => Err(PERSONAL),
        token => Ok(token),
    }
}

fn common_token<'a>(events: &[&'a Map<String, Value>]) -> Result<&'a str, Refusal> {
    let mut tokens = events.iter().filter_map(|event| token_of(event));
    let first = tokens.next().ok_or(NO_TOKEN)?;
    if tokens.any(|token| token != first) {
        return Err(TOKENS);
    }
    Ok(first)
}

fn token_of(event: &Map<String, Value>) -> Option<&str> {
    ["token", "$token", "api_key"]
        .iter()
        .find_map(|name| event.get(*name))
        .or_else(|| event.get("properties")?.get("token"))?
        .as_str()
}

/// Whom an event is about: its own id, else that of its properties, at most 200 scalar values.
///
/// What is no text counts by its JSON; empty text is no id.
pub fn distinct_id_of(event: &Map<String, Value>) -> Option<String> {
    let present = |value: &&Value| !value.is_null();
    let id = ["distinct_id", "$distinct_id"]
        .iter()
        .find_map(|name| event.get(*name).filter(present))
        .or_else(|| event.get("properties")?.get("distinct_id").filter(present))?;
    let id = match id {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (!id.is_empty()).then(|| cut(&id).to_owned())
}
