//! What a request says about who asks, as a context.

use serde_json::{Map, Value, json};

use super::definitions::id_text;
use super::flag::unit_of_group;

/// Who asks, in `PostHog`'s words: the JSON body of `/flags`, or what an SDK is called with.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    body: &'a Value,
    /// Keys that were stored for the person, by flag.
    hash_keys: Option<&'a Value>,
    /// Whether properties are filled in from others, as the service does.
    enriches: bool,
}

impl<'a> Request<'a> {
    /// A request that the service answers, which knows every property.
    pub fn new(body: &'a Value) -> Self {
        Self {
            body,
            hash_keys: None,
            enriches: true,
        }
    }

    /// The same with the keys that were stored for continuity, by flag.
    #[must_use]
    pub fn with_hash_keys(self, hash_keys: &'a Value) -> Self {
        Self {
            hash_keys: Some(hash_keys),
            ..self
        }
    }

    /// A request that is answered with the properties that are given and no others.
    #[must_use]
    pub fn local(self) -> Self {
        Self {
            enriches: false,
            ..self
        }
    }
}

/// Longest id that the service reads, in Unicode scalar values.
const LONGEST_ID: usize = 200;

/// The context of a request: `{ units, attributes, groups }`.
pub fn context(request: Request<'_>) -> Value {
    let body = request.body;
    let field = |names: [&str; 2]| {
        let found = names.into_iter().find_map(|name| body.get(name));
        found.filter(|value| !value.is_null())
    };
    let mut attributes = fields(field(["person_properties", "$properties"]));
    let mut units = Map::new();
    let id = field(["distinct_id", "$distinct_id"]).and_then(id_text);
    if let Some(id) = id.map(|id| id.chars().take(LONGEST_ID).collect::<String>()) {
        attributes.insert("distinct_id".to_owned(), id.as_str().into());
        add_unit(&mut units, "user", Some(id));
    }
    let anonymous = field(["$anon_distinct_id", "anon_distinct_id"]).and_then(id_text);
    add_unit(&mut units, "anonymous", anonymous);
    let device = field(["$device_id", "device_id"]).and_then(id_text);
    let own = || attributes.get("$device_id")?.as_str().map(str::to_owned);
    add_unit(
        &mut units,
        "device",
        device.filter(|id| !id.is_empty()).or_else(own),
    );
    for (kind, key) in fields(field(["groups", "$groups"])) {
        add_unit(&mut units, &unit_of_group(&kind), id_text(&key));
    }
    if request.enriches {
        enrich(&mut attributes);
    }
    for (flag, key) in fields(request.hash_keys) {
        attributes.insert(format!("$hash_key/{flag}"), key);
    }
    let contexts = field(["evaluation_contexts", "evaluation_environments"]);
    if let Some(contexts) =
        contexts.filter(|list| list.as_array().is_some_and(|all| !all.is_empty()))
    {
        attributes.insert("$evaluation_contexts".to_owned(), contexts.clone());
    }
    if let Some(runtime) = body
        .get("evaluation_runtime")
        .filter(|word| word.is_string())
    {
        attributes.insert("$evaluation_runtime".to_owned(), runtime.clone());
    }
    let groups = fields(field(["group_properties", "$group_properties"]));
    json!({ "units": units, "attributes": attributes, "groups": groups })
}

fn fields(value: Option<&Value>) -> Map<String, Value> {
    value
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

/// An empty id is none.
fn add_unit(units: &mut Map<String, Value>, kind: &str, id: Option<String>) {
    if let Some(id) = id.filter(|id| !id.is_empty()) {
        units.insert(kind.to_owned(), id.into());
    }
}

/// Properties whose first value the service fills in from the present one.
const INITIAL: [&str; 18] = [
    "app_build",
    "app_name",
    "app_namespace",
    "app_version",
    "browser",
    "browser_version",
    "current_url",
    "device_type",
    "os",
    "os_version",
    "pathname",
    "raw_user_agent",
    "referrer",
    "referring_domain",
    "screen_height",
    "screen_width",
    "viewport_height",
    "viewport_width",
];

/// Parameters of campaigns, which have no `$` of their own.
const CAMPAIGN: [&str; 24] = [
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "gclid",
    "gad_source",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "fbclid",
    "msclkid",
    "twclid",
    "li_fat_id",
    "mc_cid",
    "igshid",
    "ttclid",
    "rdt_cid",
    "epik",
    "qclid",
    "sccid",
    "irclid",
    "_kx",
];

fn enrich(attributes: &mut Map<String, Value>) {
    for (from, to) in [("$os", "$os_name"), ("$os_name", "$os")] {
        copy(attributes, from, to);
    }
    for name in INITIAL {
        copy(attributes, &format!("${name}"), &format!("$initial_{name}"));
    }
    for name in CAMPAIGN {
        copy(attributes, name, &format!("$initial_{name}"));
    }
}

fn copy(attributes: &mut Map<String, Value>, from: &str, to: &str) {
    if !attributes.contains_key(to)
        && let Some(value) = attributes.get(from).cloned()
    {
        attributes.insert(to.to_owned(), value);
    }
}
