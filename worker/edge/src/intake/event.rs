//! One event: what of it is kept, or why it is refused.

use std::collections::BTreeMap;

use pennon_api::{ExposureCopy, TrackCopy};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::uuid::Uuid;
use super::{MAX_EVENT_BYTES, MAX_EVENT_DEPTH, clock, field};

/// The variant in which totals show the metrics of those who met several.
const MULTIPLE: &str = "__multiple__";
const MAX_UNITS: usize = 8;
const MAX_UNIT_TYPE_BYTES: usize = 64;
const MAX_UNIT_ID_BYTES: usize = 256;

/// An event that is right.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) id: Uuid,
    pub(super) kind: String,
    /// By the client's clock.
    pub(super) at: f64,
    /// Type and id of each unit, in the order they were sent.
    pub(super) units: Vec<(String, String)>,
    /// Type and id of units that had another id before, with that id.
    pub(super) previous: Vec<(String, String)>,
    /// What an exposure met; its levels are found later.
    pub(super) exposure: Option<ExposureCopy>,
    /// What was done.
    pub(super) track: Option<TrackCopy>,
    /// What an exposure says of who met it. None of it is kept as it is.
    pub(super) properties: Option<Map<String, Value>>,
    /// The fields of its type, in the order of the table; unknown ones are gone.
    pub(super) fields: Map<String, Value>,
}

/// An event that was left out, as the client is told.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Rejection {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    code: RefusalCode,
    message: String,
}

/// Why an event is left out, or counts nowhere.
#[derive(Debug)]
pub(super) struct Refusal {
    code: RefusalCode,
    message: String,
}

/// The stable word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RefusalCode {
    EventTooLarge,
    EventTooDeep,
    InvalidEvent,
    InvalidId,
    UnknownType,
    InvalidTime,
    InvalidUnits,
    NoUnit,
    MissingField,
    InvalidField,
    UnknownFlag,
    UnknownVariant,
}

impl RefusalCode {
    /// The word in the raw log.
    fn word(self) -> Option<&'static str> {
        match self {
            RefusalCode::UnknownFlag => Some("unknown_flag"),
            RefusalCode::UnknownVariant => Some("unknown_variant"),
            _ => None,
        }
    }
}

impl Refusal {
    pub(super) fn new(code: RefusalCode, message: impl Into<String>) -> Refusal {
        Refusal {
            code,
            message: message.into(),
        }
    }

    /// The word in the raw log, where the event is kept all the same.
    pub(super) fn word(&self) -> Option<&'static str> {
        self.code.word()
    }
}

impl Rejection {
    pub(super) fn new(index: usize, raw: &RawValue, refusal: Refusal) -> Rejection {
        Rejection {
            index,
            id: sent_id(raw),
            code: refusal.code,
            message: refusal.message,
        }
    }
}

impl Event {
    pub(super) fn parse(raw: &RawValue) -> Result<Event, Refusal> {
        let mut sent = object(raw.get())?;
        let id = sent
            .get("id")
            .and_then(Value::as_str)
            .and_then(Uuid::parse)
            .ok_or_else(|| {
                Refusal::new(RefusalCode::InvalidId, "an event id is a UUID of version 7")
            })?;
        let kind = sent
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let table = field::of_type(&kind).ok_or_else(|| {
            let message = "`type` is one of exposure, track, answer, identify, enrol";
            Refusal::new(RefusalCode::UnknownType, message)
        })?;
        let at = sent
            .get("at")
            .and_then(Value::as_f64)
            .filter(|at| clock::is_time(*at));
        let at = at.ok_or_else(|| {
            Refusal::new(RefusalCode::InvalidTime, "`at` is in epoch milliseconds")
        })?;
        let units = units(&sent)?;
        let mut fields = Map::new();
        field::take(table, &mut sent, &mut fields)?;
        let previous = previous(&units, fields.shift_remove("previous"))?;
        if kind == "identify" && units.len() < 2 && previous.is_empty() {
            let message = "an identify event joins at least two units, or names a previous id";
            return Err(Refusal::new(RefusalCode::InvalidUnits, message));
        }
        let exposure = (kind == "exposure").then(|| exposure(&fields));
        if exposure.as_ref().is_some_and(|met| met.variant == MULTIPLE) {
            let message = format!("`{MULTIPLE}` stands for several variants, and is none");
            return Err(Refusal::new(RefusalCode::InvalidField, message));
        }
        let properties = match &exposure {
            Some(_) => fields.shift_remove("properties"),
            None => None,
        };
        let track = (kind == "track").then(|| track(&fields));
        Ok(Event {
            id,
            kind,
            at,
            units,
            previous,
            exposure,
            track,
            properties: match properties {
                Some(Value::Object(properties)) => Some(properties),
                _ => None,
            },
            fields,
        })
    }
}

fn object(text: &str) -> Result<Map<String, Value>, Refusal> {
    if text.len() > MAX_EVENT_BYTES {
        let message = format!("an event has at most {MAX_EVENT_BYTES} bytes");
        return Err(Refusal::new(RefusalCode::EventTooLarge, message));
    }
    if depth(text) > MAX_EVENT_DEPTH {
        let message = format!("an event nests at most {MAX_EVENT_DEPTH} levels");
        return Err(Refusal::new(RefusalCode::EventTooDeep, message));
    }
    serde_json::from_slice(text.as_bytes())
        .map_err(|_| Refusal::new(RefusalCode::InvalidEvent, "an event is a JSON object"))
}

/// How deep arrays and objects nest in a text that is known to be JSON.
fn depth(text: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0_usize);
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_text,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' if !in_text => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn units(sent: &Map<String, Value>) -> Result<Vec<(String, String)>, Refusal> {
    let refuse = |message: &str| Refusal::new(RefusalCode::InvalidUnits, message);
    let sent = sent
        .get("units")
        .and_then(Value::as_object)
        .filter(|units| (1..=MAX_UNITS).contains(&units.len()))
        .ok_or_else(|| refuse("`units` is an object with 1 to 8 entries"))?;
    sent.iter()
        .map(|(kind, id)| {
            if !is_unit_type(kind) {
                return Err(refuse("a unit type matches `[a-z][a-z0-9_-]{0,63}`"));
            }
            let id = unit_id(id)
                .ok_or_else(|| refuse("a unit id is text of 1 to 256 bytes or an integer"))?;
            Ok((kind.clone(), id))
        })
        .collect()
}

/// Each previous id is of a unit that the event names; one that is the same as now says nothing.
fn previous(
    units: &[(String, String)],
    sent: Option<Value>,
) -> Result<Vec<(String, String)>, Refusal> {
    let Some(Value::Object(sent)) = sent else {
        return Ok(Vec::new());
    };
    let refuse = |message: &str| Refusal::new(RefusalCode::InvalidField, message);
    let mut previous = Vec::new();
    for (kind, id) in &sent {
        let unit = units.iter().find(|(named, _)| named == kind);
        let (_, now) = unit.ok_or_else(|| refuse("`previous` names units that `units` names"))?;
        let id = unit_id(id)
            .ok_or_else(|| refuse("a previous id is text of 1 to 256 bytes or an integer"))?;
        if id != *now {
            previous.push((kind.clone(), id));
        }
    }
    Ok(previous)
}

fn is_unit_type(kind: &str) -> bool {
    kind.len() <= MAX_UNIT_TYPE_BYTES
        && kind.starts_with(|first: char| first.is_ascii_lowercase())
        && kind
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

fn unit_id(id: &Value) -> Option<String> {
    let text = match id {
        Value::String(text) => text.clone(),
        Value::Number(number) => number
            .as_i64()
            .map(|id| id.to_string())
            .or_else(|| number.as_u64().map(|id| id.to_string()))?,
        _ => return None,
    };
    (1..=MAX_UNIT_ID_BYTES)
        .contains(&text.len())
        .then_some(text)
}

/// Reads what [`field::take`] has already checked.
fn exposure(fields: &Map<String, Value>) -> ExposureCopy {
    let text = |name: &str| {
        let value = fields.get(name).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let number = |name: &str| fields.get(name).and_then(Value::as_u64);
    ExposureCopy {
        flag: text("flag"),
        variant: text("variant"),
        epoch: number("epoch")
            .and_then(|epoch| u32::try_from(epoch).ok())
            .unwrap_or(0),
        stratum: text("stage"),
        revision: number("revision"),
        levels: BTreeMap::new(),
    }
}

/// As [`exposure`].
fn track(fields: &Map<String, Value>) -> TrackCopy {
    let name = fields.get("name").and_then(Value::as_str);
    TrackCopy {
        name: name.unwrap_or_default().to_owned(),
        value: fields.get("value").and_then(Value::as_f64),
    }
}

/// The id as it was sent, so that the client finds the event it is told about.
fn sent_id(raw: &RawValue) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct OnlyId<'a> {
        #[serde(borrow)]
        id: std::borrow::Cow<'a, str>,
    }
    let only: OnlyId<'_> = serde_json::from_slice(raw.get().as_bytes()).ok()?;
    (only.id.len() <= MAX_UNIT_ID_BYTES).then(|| only.id.into_owned())
}
