//! `POST /flags/` and `/decide/` (section 8.3).

use serde_json::{Map, Value};

use super::text::{cut, field, text};
use crate::Refusal;

/// What a client asks to be evaluated.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FlagsRequest {
    /// The project's public key.
    pub token: String,
    /// At most 200 scalar values; may be empty.
    pub distinct_id: String,
    /// The anonymous id before an `identify`.
    pub anon_distinct_id: Option<String>,
    /// Id of the device, for flags that are bucketed by it.
    pub device_id: Option<String>,
    /// Group keys by the name of the group type.
    pub groups: Map<String, Value>,
    /// Properties of the person that lie over stored ones.
    pub person_properties: Map<String, Value>,
    /// Properties of groups by the name of the group type.
    pub group_properties: Map<String, Value>,
    /// The only flags that are answered, if the request names any.
    pub flag_keys: Option<Vec<String>>,
    /// Evaluation contexts; empty asks for all.
    pub evaluation_contexts: Vec<String>,
    /// `client`, `server`, or any other word for all.
    pub evaluation_runtime: Option<String>,
    /// Only the remote configuration is wanted.
    pub disable_flags: bool,
    /// No properties from the address of the client.
    pub geoip_disable: bool,
}

impl FlagsRequest {
    /// Reads the JSON of a request; fields of the wrong type count as absent.
    ///
    /// # Errors
    ///
    /// 401 without a token, 400 without a distinct id.
    pub fn read(body: &Value) -> Result<Self, Refusal> {
        let token = text(body, &["token", "$token", "api_key"]).ok_or(Refusal::new(
            401,
            "the request names no project: `token` is missing",
        ))?;
        let distinct_id = field(body, &["distinct_id", "$distinct_id"])
            .and_then(distinct_id)
            .ok_or(Refusal::new(
                400,
                "`distinct_id` is missing: it is text or a number",
            ))?;
        let object = |names: &[&str]| {
            field(body, names)
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default()
        };
        let is_true = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or_default();
        Ok(Self {
            token: token.to_owned(),
            distinct_id,
            anon_distinct_id: text(body, &["$anon_distinct_id", "anon_distinct_id"])
                .map(|id| cut(id).to_owned()),
            device_id: device_id(body).map(str::to_owned),
            groups: object(&["groups", "$groups"]),
            person_properties: object(&["person_properties", "$properties"]),
            group_properties: object(&["group_properties", "$group_properties"]),
            flag_keys: field(body, &["flag_keys", "flag_keys_to_evaluate"]).and_then(texts),
            evaluation_contexts: field(body, &["evaluation_contexts", "evaluation_environments"])
                .and_then(texts)
                .unwrap_or_default(),
            evaluation_runtime: text(body, &["evaluation_runtime"]).map(str::to_owned),
            disable_flags: is_true("disable_flags"),
            geoip_disable: is_true("geoip_disable"),
        })
    }
}

/// The distinct id of a value: text or a number, cut at 200 scalar values.
pub fn distinct_id(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(cut(text).to_owned()),
        Value::Number(number) => Some(cut(&number.to_string()).to_owned()),
        _ => None,
    }
}

/// The device id of a request: its own field, else the person's property, if that is text.
pub fn device_id(body: &Value) -> Option<&str> {
    text(body, &["$device_id", "device_id"]).or_else(|| {
        let properties = field(body, &["person_properties", "$properties"])?;
        text(properties, &["$device_id"])
    })
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let texts = value.as_array()?.iter();
    Some(
        texts
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect(),
    )
}
