//! Cohorts become segments.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Refused;
use super::definitions::{Definitions, id_text};
use super::filter::{self, Scope};
use super::operator::{never, not};
use super::project::{Beyond, Project};
use crate::grade::{Grade, Graded};

/// Which cohorts can be told from properties.
pub(super) struct Cohorts {
    /// Cohorts that are there, whose cohorts are there, and that do not contain themselves.
    whole: BTreeSet<String>,
}

impl Cohorts {
    pub(super) fn new(definitions: &Definitions, refused: &Refused) -> Self {
        let mut parts: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (id, cohort) in &definitions.cohorts {
            if !refused.segments.contains(&segment(id)) {
                let mut ids = BTreeSet::new();
                collect(group(cohort), &mut ids);
                parts.insert(id, ids);
            }
        }
        // What is not whole after its parts are is in a circle, or misses a part.
        let mut whole: BTreeSet<String> = BTreeSet::new();
        loop {
            let is_next = |(id, ids): &(&&str, &BTreeSet<String>)| {
                !whole.contains(**id) && ids.is_subset(&whole)
            };
            let more: Vec<String> = parts
                .iter()
                .filter(is_next)
                .map(|(id, _)| (*id).to_owned())
                .collect();
            if more.is_empty() {
                return Self { whole };
            }
            whole.extend(more);
        }
    }

    /// The id of a filter's cohort, if it is whole.
    pub(super) fn find(&self, filter: &Value) -> Option<String> {
        id_text(&filter["value"]).filter(|id| self.whole.contains(id))
    }
}

fn collect(group: &Value, ids: &mut BTreeSet<String>) {
    for part in group["values"].as_array().into_iter().flatten() {
        if part["values"].is_array() {
            collect(part, ids);
        } else if part["type"] == "cohort" {
            ids.insert(id_text(&part["value"]).unwrap_or_default());
        }
    }
}

/// The group of a payload's cohort, or of a row of an export.
fn group(cohort: &Value) -> &Value {
    match cohort.get("filters") {
        Some(filters) => &filters["properties"],
        None => cohort,
    }
}

/// The id of a cohort's segment.
fn segment(id: &str) -> String {
    format!("cohort-{id}")
}

/// The condition that somebody belongs to a whole cohort, whose segment is added.
pub(super) fn condition(project: &Project<'_>, id: &str, graded: &mut Graded) -> Value {
    let name = segment(id);
    if let Some(cohort) = project.definitions.cohorts.get(id) {
        let is_static = cohort["is_static"] == true;
        let when = if is_static {
            let reason = format!("cohort {id} is a list that only the service has");
            graded.note(Grade::Partial, reason);
            json!({ "attribute": membership(project, id), "op": "eq", "value": true })
        } else {
            lower(project, group(cohort), false, graded)
        };
        let mut added = Map::new();
        if let Some(name) = cohort["name"].as_str() {
            added.insert("name".to_owned(), name.into());
        }
        added.insert("dialect".to_owned(), Project::dialect());
        added.insert("when".to_owned(), when);
        project.add_segment(&name, Value::Object(added));
    }
    json!({ "segment": name })
}

/// The attribute that says whether somebody is on a cohort's list.
fn membership(project: &Project<'_>, id: &str) -> Value {
    let subject = project.person(&format!("$cohort/{id}"));
    subject.get("attribute").cloned().unwrap_or_default()
}

fn lower(project: &Project<'_>, group: &Value, is_inside: bool, graded: &mut Graded) -> Value {
    let fields = match group {
        Value::Object(fields) if fields.is_empty() => return json!({ "all": [] }),
        Value::Object(fields) => fields,
        _ => return never(),
    };
    let is_any = fields.get("type").is_some_and(|kind| kind == "OR");
    let is_all = fields
        .get("type")
        .is_some_and(|kind| kind == "AND" || kind == "property");
    let Some(parts) = fields.get("values").and_then(Value::as_array) else {
        return never();
    };
    if !is_any && !is_all {
        graded.note(
            Grade::Partial,
            "a cohort joins its parts neither by AND nor by OR",
        );
        return project.beyond(Beyond::UnsupportedDefinition);
    }
    let parts: Vec<Value> = parts
        .iter()
        .map(|part| {
            if part.get("values").is_some() {
                lower(project, part, true, graded)
            } else {
                leaf(project, part, is_any && is_inside, graded)
            }
        })
        .collect();
    if is_any {
        json!({ "any": parts })
    } else {
        json!({ "all": parts })
    }
}

/// A leaf; in an inner OR the service does not apply the negation of a cohort.
fn leaf(project: &Project<'_>, leaf: &Value, is_inner_or: bool, graded: &mut Graded) -> Value {
    let is_negated = leaf["negation"] == true;
    let condition = match leaf["type"].as_str() {
        Some("cohort") => {
            let inside = match project.cohorts.find(leaf) {
                Some(id) => condition(project, &id, graded),
                None => never(),
            };
            let is_out = leaf["operator"] == "not_in";
            let is_negated = is_negated && !is_inner_or;
            return if is_out == is_negated {
                inside
            } else {
                not(inside)
            };
        }
        // The service does not look at flags here, while an SDK may.
        Some("flag") if project.dependencies.has_chain(leaf) => never(),
        Some("flag") => project.beyond(Beyond::UnsupportedDefinition),
        None | Some("person" | "property" | "group" | "person_metadata") => {
            filter::property(project, leaf, &Scope::PERSON, graded)
        }
        Some(other) => {
            let reason = format!("a cohort asks for `{other}`, which properties do not tell");
            graded.note(Grade::Partial, reason);
            project.beyond(Beyond::UnsupportedDefinition)
        }
    };
    if is_negated {
        not(condition)
    } else {
        condition
    }
}
