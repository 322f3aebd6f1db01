//! The line of an event in the raw log. The contract is `docs/raw-log.md`.

use pennon_api::EnvironmentRecord;
use serde_json::{Map, Value};

use super::batch::Batch;
use super::event::Event;

/// What the lines of one batch share.
pub(super) struct Context<'a> {
    pub(super) batch: &'a Batch<'a>,
    pub(super) environment: &'a EnvironmentRecord,
    pub(super) received_at: u64,
    pub(super) is_skewed: bool,
}

/// The line, without its end; `at` is the corrected time, `uncounted` why it counts nowhere.
pub(super) fn of(context: &Context<'_>, event: &Event, at: u64, uncounted: Option<&str>) -> String {
    let mut line = Map::new();
    let mut put = |name: &str, value: Value| line.insert(name.to_owned(), value);
    put("id", event.id.to_string().into());
    put("type", event.kind.as_str().into());
    put("at", at.into());
    put("received_at", context.received_at.into());
    if context.is_skewed {
        put("skewed", true.into());
    }
    put(
        "environment",
        context.environment.environment.as_str().into(),
    );
    put("batch", context.batch.id.to_string().into());
    if let Some(client) = &context.batch.client {
        put("client", client.as_ref().into());
    }
    if let Some(definitions) = &context.environment.definitions {
        put("definitions", definitions.hash.as_str().into());
    }
    put("units", object(pairs(&event.units)));
    if !event.previous.is_empty() {
        put("previous", object(pairs(&event.previous)));
    }
    let levels = event.exposure.as_ref().map(|exposure| &exposure.levels);
    if let Some(levels) = levels.filter(|levels| !levels.is_empty()) {
        put("levels", object(levels.iter()));
    }
    line.extend(event.fields.clone());
    if let Some(reason) = uncounted {
        line.insert("uncounted".to_owned(), reason.into());
    }
    Value::Object(line).to_string()
}

fn object<'a>(entries: impl Iterator<Item = (&'a String, &'a String)>) -> Value {
    let entries = entries.map(|(name, text)| (name.clone(), Value::from(text.as_str())));
    Value::Object(entries.collect())
}

fn pairs(list: &[(String, String)]) -> impl Iterator<Item = (&String, &String)> {
    list.iter().map(|(name, text)| (name, text))
}
