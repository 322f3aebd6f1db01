//! Contexts as JSON: `{ "units": {...}, "attributes": {...}, "groups": {...} }`.

use pennon_core::{Context, Element, Place, Plan, Source};
use serde_json::{Number, Value};

use crate::reading;

/// Largest integer below which every integer is a double.
const SAFE: f64 = 9_007_199_254_740_992.0;

/// The context of a plan that holds what the JSON says.
///
/// Whatever has a wrong type is missing, or of a kind that no operator reads: no JSON is an error.
pub fn read(plan: &Plan, json: &Value, now_ms: f64, here: Place) -> Context {
    let mut context = Context::new(plan);
    context.begin(now_ms, here);
    for (slot, place) in (0..).zip(plan.slots()) {
        match place.source {
            Source::Unit(kind) => {
                if let Some(id) = json.get("units").and_then(|units| units.get(kind)) {
                    set_unit(&mut context, slot, id);
                }
            }
            Source::Attribute(name) => {
                if let Some(value) = json.get("attributes").and_then(|of| find(of, name)) {
                    set(&mut context, slot, value);
                }
            }
            Source::GroupAttribute { group, name } => {
                let group = json.get("groups").and_then(|groups| groups.get(group));
                if let Some(value) = group.and_then(|of| find(of, name)) {
                    set(&mut context, slot, value);
                }
            }
        }
    }
    if plan.needs().texts() {
        describe(plan, json, &mut context);
    }
    context
}

/// Gives the numbers, arrays and objects of a context their texts, which plans that
/// [need texts](pennon_core::Needs::texts) compare; for hosts that fill contexts in another way.
pub fn describe(plan: &Plan, json: &Value, context: &mut Context) {
    for (slot, place) in (0..).zip(plan.slots()) {
        let value = match place.source {
            Source::Unit(_) => None,
            Source::Attribute(name) => json.get("attributes").and_then(|of| find(of, name)),
            Source::GroupAttribute { group, name } => {
                let group = json.get("groups").and_then(|groups| groups.get(group));
                group.and_then(|of| find(of, name))
            }
        };
        if let Some(value @ (Value::Number(_) | Value::Array(_) | Value::Object(_))) = value {
            context.describe(slot, &reading::json(value));
        }
    }
}

/// A name that begins with `/` is a JSON pointer.
pub(crate) fn find<'a>(attributes: &'a Value, name: &str) -> Option<&'a Value> {
    if name.starts_with('/') {
        attributes.pointer(name)
    } else {
        attributes.as_object()?.get(name)
    }
}

/// Ids are text; integers become their decimal text, other values an invalid context.
fn set_unit(context: &mut Context, slot: u32, id: &Value) {
    match id {
        Value::Null => {}
        Value::String(id) => context.set_text(slot, id),
        Value::Number(number) => match decimal(number) {
            Some(id) => context.set_text(slot, &id),
            None => context.set_opaque(slot),
        },
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => context.set_opaque(slot),
    }
}

/// The decimal text of an integer; 1.0 is one, as JavaScript cannot tell it from 1.
fn decimal(number: &Number) -> Option<String> {
    if number.is_i64() || number.is_u64() {
        return Some(number.to_string());
    }
    let number = number.as_f64()?;
    (number.fract() == 0.0 && number.abs() < SAFE).then(|| format!("{}", number + 0.0))
}

fn set(context: &mut Context, slot: u32, value: &Value) {
    match value {
        Value::Null => context.set_null(slot),
        Value::Bool(value) => context.set_boolean(slot, *value),
        Value::Number(number) => context.set_number(slot, number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => context.set_text(slot, text),
        Value::Object(_) => context.set_opaque(slot),
        Value::Array(elements) => {
            let elements: Vec<Element<'_>> = elements.iter().map(element).collect();
            context.set_array(slot, &elements);
        }
    }
}

fn element(value: &Value) -> Element<'_> {
    match value {
        Value::Null => Element::Null,
        Value::Bool(value) => Element::Boolean(*value),
        Value::Number(number) => number.as_f64().map_or(Element::Opaque, Element::Number),
        Value::String(text) => Element::Text(text),
        Value::Array(_) | Value::Object(_) => Element::Opaque,
    }
}
