//! Conditions of config version 1: each is a rule, or two.

use serde_json::{Number, Value, json};

use super::early::{gate, hash};
use super::filter::{self, Scope};
use super::flag::{Names, Units, unit_of_group, variants};
use super::operator::{not, put};
use super::project::{Beyond, Project};
use crate::grade::{Grade, Graded};

/// Adds the rules of a flag's conditions, in stored order.
pub(super) fn lower(
    project: &Project<'_>,
    key: &str,
    filters: &Value,
    names: &Names,
    units: &Units,
    rules: &mut Vec<Value>,
    graded: &mut Graded,
) {
    let conditions = filters["groups"].as_array().into_iter().flatten();
    for (number, condition) in (1..).zip(conditions) {
        let about = About::of(project, condition, units);
        if about == About::UnknownGroup {
            graded.note(
                Grade::Partial,
                "a condition is about a group type that is not there",
            );
            rules.push(json!({ "id": format!("r{number}"), "on_unknown": "next",
                "when": project.beyond(Beyond::UnsupportedDefinition),
                "outcome": { "special": "miss" } }));
            continue;
        }
        let lowering = Condition {
            project,
            key,
            filters,
            names,
            number,
            stored: condition,
            about: &about,
            units: match &about {
                About::Group { unit, .. } => vec![unit.as_str().into()],
                _ => units.person.clone(),
            },
        };
        if about == About::Person && units.by_device {
            rules.push(lowering.without_device());
        }
        lowering.cohorts_not_there(rules, graded);
        rules.push(lowering.rule(graded));
    }
}

/// Who a condition is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    Person,
    Group { kind: String, unit: String },
    UnknownGroup,
}

impl About {
    pub(super) fn group(project: &Project<'_>, index: &Value) -> Self {
        project
            .group_type(index)
            .map_or(Self::UnknownGroup, |kind| Self::Group {
                kind: kind.to_owned(),
                unit: unit_of_group(kind),
            })
    }

    /// The condition's own word, else the flag's.
    fn of(project: &Project<'_>, condition: &Value, units: &Units) -> Self {
        match condition.get("aggregation_group_type_index") {
            Some(Value::Null) => Self::Person,
            Some(index) => Self::group(project, index),
            None => units.about.clone(),
        }
    }

    fn kind(&self) -> Option<&str> {
        match self {
            Self::Group { kind, .. } => Some(kind),
            _ => None,
        }
    }
}

struct Condition<'a> {
    project: &'a Project<'a>,
    key: &'a str,
    filters: &'a Value,
    names: &'a Names,
    /// From 1.
    number: u32,
    stored: &'a Value,
    about: &'a About,
    units: Vec<Value>,
}

impl Condition<'_> {
    fn rule(&self, graded: &mut Graded) -> Value {
        let mut rule = json!({ "id": format!("r{}", self.number), "on_unknown": "next" });
        let when = self.when(|_| true, graded);
        if !when.is_empty() {
            put(&mut rule, "when", all(when));
        }
        if self.filters["early_exit"] == true {
            put(&mut rule, "on_miss", "stop");
        }
        let own = self.stored["variant"].as_str();
        let own = own.filter(|own| self.names.variants.iter().any(|name| name == own));
        let is_boolean = self.names.variants.is_empty();
        let only = own.or(is_boolean.then_some(self.names.on.as_str()));
        let share = share(&self.stored["rollout_percentage"]);
        match (only, share) {
            (_, Some(share)) if share < 0.0 => {
                put(&mut rule, "outcome", json!({ "special": "miss" }));
            }
            (Some(name), None) => put(&mut rule, "outcome", json!({ "variant": name })),
            (Some(name), Some(share)) => {
                let range = json!({ "variant": name, "from": 0, "to": Number::from_f64(share) });
                put(
                    &mut rule,
                    "outcome",
                    json!({ "distribution": {
                    "hash": self.hash("", "le"), "ranges": [range] } }),
                );
            }
            (None, None) => put(&mut rule, "outcome", self.draw()),
            (None, Some(share)) => {
                let gate = gate(
                    &format!("{}.", self.key),
                    &self.units,
                    self.missing(),
                    share,
                );
                put(
                    &mut rule,
                    "alternatives",
                    json!([{ "gates": [gate], "outcome": self.draw() },
                    { "outcome": { "special": "miss" } }]),
                );
            }
        }
        rule
    }

    /// The filters that count, after what the condition is about.
    fn when(&self, counts: impl Fn(&Value) -> bool, graded: &mut Graded) -> Vec<Value> {
        let unit = match self.about {
            About::Group { unit, .. } => Some(unit.as_str()),
            _ => self
                .units
                .iter()
                .find_map(Value::as_str)
                .filter(|unit| *unit == "device"),
        };
        let exists = unit.map(|unit| json!({ "unit": unit, "op": "exists" }));
        let scope = Scope {
            group: self.about.kind(),
            fails: false,
        };
        let filters = self.filters_of().filter(|filter| counts(filter));
        let filters =
            filters.map(|filter| filter::lower(self.project, self.key, filter, &scope, graded));
        exists.into_iter().chain(filters).collect()
    }

    fn filters_of(&self) -> impl Iterator<Item = &Value> {
        self.stored["properties"].as_array().into_iter().flatten()
    }

    /// Without a device, the service passes conditions about persons as out of the rollout; a local
    /// evaluator does not know.
    fn without_device(&self) -> Value {
        let known = self.project.at_server(Beyond::MissingContext);
        let without = not(json!({ "unit": "device", "op": "exists" }));
        json!({ "id": format!("device-{}", self.number), "on_unknown": "next",
            "when": { "all": [without, known] }, "outcome": { "special": "miss" } })
    }

    /// A cohort that is not there fails the flag at a server, after the filters that are no cohorts; a
    /// local evaluator stops where it meets it.
    fn cohorts_not_there(&self, rules: &mut Vec<Value>, graded: &mut Graded) {
        let is_gone = |filter: &Value| {
            filter["type"] == "cohort" && self.project.cohorts.find(filter).is_none()
        };
        let Some(place) = self.filters_of().position(is_gone) else {
            return;
        };
        graded.note(
            Grade::Partial,
            "a condition asks for a cohort that is not there",
        );
        let before: Vec<&Value> = self.filters_of().take(place).collect();
        let mut stops = self.when(|filter| before.contains(&filter), graded);
        stops.push(self.project.beyond(Beyond::UnsupportedDefinition));
        let error = json!({ "special": "error" });
        rules.push(
            json!({ "id": format!("local-cohort-{}", self.number), "when": all(stops),
            "outcome": error }),
        );
        let mut fails = self.when(|filter| filter["type"] != "cohort", graded);
        fails.push(self.project.at_server(Beyond::UnsupportedDefinition));
        rules.push(
            json!({ "id": format!("cohort-{}", self.number), "on_unknown": "next",
            "when": all(fails), "outcome": error }),
        );
    }

    /// Variants up to their boundaries, added up as doubles; what is beyond them is on without one.
    fn draw(&self) -> Value {
        let mut boundary = 0.0;
        let mut ranges = Vec::new();
        for variant in variants(self.filters) {
            boundary += variant["rollout_percentage"].as_f64().unwrap_or_default() / 100.0;
            if boundary > 0.0
                && let Some(name) = variant["key"].as_str()
            {
                let to = Number::from_f64(boundary);
                ranges.push(json!({ "variant": name, "from": 0, "to": to }));
            }
        }
        ranges.push(json!({ "variant": self.names.on, "from": 0, "to": 2 }));
        json!({ "distribution": { "hash": self.hash("variant", "lt"), "ranges": ranges } })
    }

    fn hash(&self, suffix: &str, comparison: &str) -> Value {
        let prefix = format!("{}.", self.key);
        hash(&prefix, suffix, &self.units, self.missing(), comparison)
    }

    /// Without an id, a person is first in everything.
    fn missing(&self) -> &'static str {
        let is_person =
            *self.about == About::Person && self.units.iter().any(|unit| unit == "user");
        if is_person { "zero" } else { "miss" }
    }
}

/// The share of a rollout; none where it is everybody.
fn share(percentage: &Value) -> Option<f64> {
    let share = percentage.as_f64().unwrap_or(100.0) / 100.0;
    #[expect(clippy::float_cmp, reason = "the service compares with exactly 100")]
    let is_everybody = share == 1.0;
    (!is_everybody).then_some(share)
}

/// One condition of many.
fn all(mut parts: Vec<Value>) -> Value {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            json!({ "all": parts })
        }
    }
}
