//! One filter of a condition.

use serde_json::{Value, json};

use super::cohort;
use super::definitions::id_text;
use super::operator::{Fault, Test, never, not};
use super::project::{Beyond, Project};
use crate::grade::{Grade, Graded};

/// Where a filter stands.
pub(super) struct Scope<'a> {
    /// The group that the condition is about.
    pub(super) group: Option<&'a str>,
    /// Config version 2, where what cannot be compared fails the flag.
    pub(super) fails: bool,
}

impl Scope<'_> {
    pub(super) const PERSON: Scope<'static> = Scope {
        group: None,
        fails: false,
    };
}

/// The condition of a filter in a flag.
pub(super) fn lower(
    project: &Project<'_>,
    key: &str,
    filter: &Value,
    scope: &Scope<'_>,
    graded: &mut Graded,
) -> Value {
    match filter["type"].as_str() {
        Some("flag") => flag(project, key, filter, graded),
        Some("cohort") if scope.fails && project.cohorts.find(filter).is_none() => {
            failed(scope, "a rule asks for a cohort that is not there", graded)
        }
        Some("cohort") => cohort_filter(project, filter, graded),
        _ => property(project, filter, scope, graded),
    }
}

/// A filter on a property of the person or of a group.
pub(super) fn property(
    project: &Project<'_>,
    filter: &Value,
    scope: &Scope<'_>,
    graded: &mut Graded,
) -> Value {
    let Some(name) = id_text(&filter["key"]) else {
        return failed(scope, "a filter without a key", graded);
    };
    let subject = match filter["type"].as_str() {
        Some("group") => {
            let index = &filter["group_type_index"];
            let around = scope.group.filter(|_| index.is_null());
            let Some(kind) = project.group_type(index).or(around) else {
                let reason = "a filter asks for a group type that is not there";
                graded.note(Grade::Partial, reason);
                return project.beyond(Beyond::UnsupportedDefinition);
            };
            project.group(kind, &name)
        }
        Some("person_metadata") if name != "created_at" => return never(),
        Some("person_metadata") => {
            let reason = "when the person was created is asked as `$person/created_at`";
            graded.note(Grade::ExactWithOption, reason);
            project.person("$person/created_at")
        }
        _ => project.person(&name),
    };
    let test = Test {
        subject: &subject,
        value: &filter["value"],
        compares_truth: project.definitions.compares_truth,
    };
    let operator = filter["operator"].as_str().unwrap_or("exact");
    match test.condition(operator) {
        Ok(condition) => condition,
        Err(Fault::Unsupported(what)) => {
            graded.note(Grade::Partial, format!("{what} is not supported"));
            json!({ "unknown": "unsupported_definition" })
        }
        Err(Fault::Invalid(reason)) if scope.fails => json!({ "unknown": reason }),
        Err(Fault::Invalid(_)) => never(),
    }
}

fn failed(scope: &Scope<'_>, what: &str, graded: &mut Graded) -> Value {
    graded.note(Grade::Partial, what);
    if scope.fails {
        json!({ "unknown": "invalid_property" })
    } else {
        never()
    }
}

/// A filter on a cohort that is whole; conditions look for others first.
fn cohort_filter(project: &Project<'_>, filter: &Value, graded: &mut Graded) -> Value {
    let Some(id) = project.cohorts.find(filter) else {
        return project.beyond(Beyond::UnsupportedDefinition);
    };
    match filter["operator"].as_str() {
        None | Some("in") => cohort::condition(project, &id, graded),
        Some("not_in") => not(cohort::condition(project, &id, graded)),
        Some(_) => never(),
    }
}

/// A filter on another flag, at a server: conditions of broken flags are not looked at there.
fn flag(project: &Project<'_>, key: &str, filter: &Value, graded: &mut Graded) -> Value {
    if filter["operator"] != "flag_evaluates_to" {
        graded.note(
            Grade::Exact,
            "the service does not match a flag by that operator",
        );
        return never();
    }
    let has_chain = project.dependencies.has_chain(filter);
    let condition = match project.dependencies.target(filter) {
        Some(target) if !project.dependencies.closes_circle(key, target) => {
            evaluates_to(project, target, &filter["value"])
        }
        Some(_) => return project.beyond(Beyond::UnsupportedDefinition),
        None => never(),
    };
    if has_chain {
        condition
    } else {
        project.only_at_server(Beyond::UnsupportedDefinition, &condition)
    }
}

fn evaluates_to(project: &Project<'_>, target: &str, value: &Value) -> Value {
    let Some(definition) = project.dependencies.definition(target) else {
        return never();
    };
    if definition["filters"]["version"] == 2 {
        return json!({ "flag": target, "value": { "op": "eq", "value": value } });
    }
    let names = super::flag::Names::of(definition);
    let is_off = match &names.off {
        Some(off) => json!({ "flag": target, "variants": [off] }),
        None => json!({ "flag": target, "value": { "op": "eq", "value": null } }),
    };
    match value {
        Value::Bool(false) => is_off,
        Value::Bool(true) => {
            let enabled: Vec<&String> = names.enabled().collect();
            json!({ "flag": target, "variants": enabled })
        }
        Value::String(variant)
            if names.variants.contains(variant) || names.holdout.as_ref() == Some(variant) =>
        {
            json!({ "flag": target, "variants": [variant] })
        }
        // It evaluates to nothing of the kind; but whether it evaluates may be unknown.
        _ => json!({ "all": [is_off, not(is_off.clone())] }),
    }
}
