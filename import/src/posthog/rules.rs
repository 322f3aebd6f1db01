//! Flags of config version 2: typed values, and rules instead of conditions.

use serde_json::{Map, Number, Value, json};

use super::early::{gate, hash};
use super::filter::{self, Scope};
use super::flag::unit_of_group;
use super::operator::{not, put};
use super::project::{Beyond, Project};
use crate::grade::{Grade, Graded};

/// The flag, or nothing where its config is none.
pub(super) fn lower(
    project: &Project<'_>,
    key: &str,
    definition: &Value,
    graded: &mut Graded,
) -> Option<Value> {
    let filters = &definition["filters"];
    let kind = filters["return_type"].as_str()?;
    let index = &filters["aggregation_group_type_index"];
    let group = project.group_type(index);
    if index.is_number() && group.is_none() {
        graded.note(
            Grade::Refused,
            "the flag is about a group type that is not there",
        );
        return None;
    }
    let mut config = Config {
        project,
        key,
        group,
        unit: group.map_or("user".to_owned(), unit_of_group),
        variants: Map::new(),
        default: default(&filters["default_value"]),
        rules: Vec::new(),
    };
    if !filters["default_value"].is_null() {
        let value = filters["default_value"].clone();
        config.variants.insert(DEFAULT.to_owned(), value);
    }
    if project.dependencies.is_broken(key) {
        graded.note(
            Grade::Exact,
            "a flag that it depends on is missing, refused or waits for itself",
        );
        config
            .rules
            .push(json!({ "id": "dependency", "on_unknown": "skip",
            "when": project.at_server(Beyond::UnresolvedDependency),
            "outcome": { "special": "error" } }));
    }
    if group.is_some() {
        config.rules.push(json!({ "id": "no-group",
            "when": not(json!({ "unit": config.unit, "op": "exists" })),
            "outcome": { "special": "error" } }));
    }
    for (number, rule) in (1..).zip(filters["rules"].as_array().into_iter().flatten()) {
        if config.rule(number, rule, graded).is_none() {
            graded.note(Grade::Refused, format!("rule {number} cannot be read"));
            return None;
        }
    }
    let mut dialect = Project::dialect();
    put(&mut dialect, "failures", "unknown");
    let off = if filters["default_value"].is_null() {
        json!({ "special": "null" })
    } else {
        DEFAULT.into()
    };
    Some(
        json!({ "type": kind, "variants": config.variants, "off": off, "dialect": dialect,
        "rules": config.rules, "fallthrough": config.default }),
    )
}

/// Name of the variant of the default value.
const DEFAULT: &str = "default";

fn default(value: &Value) -> Value {
    if value.is_null() {
        json!({ "special": "null" })
    } else {
        json!({ "variant": DEFAULT })
    }
}

struct Config<'a> {
    project: &'a Project<'a>,
    key: &'a str,
    group: Option<&'a str>,
    unit: String,
    variants: Map<String, Value>,
    default: Value,
    rules: Vec<Value>,
}

impl Config<'_> {
    fn rule(&mut self, number: u32, rule: &Value, graded: &mut Graded) -> Option<()> {
        let when = self.targeting(rule, graded);
        let id = format!("r{number}");
        let mut lowered = json!({ "id": id, "when": when });
        match rule["rule_type"].as_str()? {
            "targeted_release" => {
                put(&mut lowered, "outcome", self.variant(&id, &rule["value"]));
            }
            "percentage_rollout" => {
                let outcome = self.variant(&id, &rule["value"]);
                self.roll_out(&mut lowered, rule, &outcome)?;
            }
            "experiment" if rule["paused"] == true => {
                put(&mut lowered, "outcome", self.default.clone());
            }
            "experiment" => {
                if let Some(holdout) = rule["holdout"].as_object() {
                    let prefix = holdout.get("seed")?.as_str()?;
                    let share = holdout.get("exclusion_percentage")?.as_f64()? / 100.0;
                    let gate = gate(prefix, &self.units(), "miss", share);
                    self.rules
                        .push(json!({ "id": format!("holdout-{number}"), "holdout": true,
                        "when": lowered["when"], "gates": [gate], "outcome": self.default }));
                }
                let outcome = self.draw(&id, rule)?;
                self.roll_out(&mut lowered, rule, &outcome)?;
            }
            other => {
                graded.note(
                    Grade::Refused,
                    format!("rules of type `{other}` are not known"),
                );
                return None;
            }
        }
        self.rules.push(lowered);
        Some(())
    }

    /// Filters in order; the first that does not hold decides, and what fails makes the flag unknown.
    fn targeting(&self, rule: &Value, graded: &mut Graded) -> Value {
        let scope = Scope {
            group: self.group,
            fails: true,
        };
        let filters = rule["targeting"]["properties"].as_array();
        let filters = filters.into_iter().flatten().map(|filter| {
            let condition = filter::lower(self.project, self.key, filter, &scope, graded);
            if filter["negation"] == true {
                not(condition)
            } else {
                condition
            }
        });
        json!({ "all": filters.collect::<Vec<Value>>() })
    }

    fn variant(&mut self, name: &str, value: &Value) -> Value {
        self.variants.insert(name.to_owned(), value.clone());
        json!({ "variant": name })
    }

    fn units(&self) -> Vec<Value> {
        vec![self.unit.as_str().into()]
    }

    /// Nobody without an id enters, be it at 100 %.
    fn roll_out(&self, lowered: &mut Value, rule: &Value, outcome: &Value) -> Option<()> {
        let prefix = format!("{}.", rule["seed"].as_str()?);
        let share = rule["rollout_percentage"].as_f64()? / 100.0;
        let gate = gate(&prefix, &self.units(), "miss", share);
        put(
            lowered,
            "alternatives",
            json!([{ "gates": [gate], "outcome": outcome },
            { "outcome": { "special": "miss" } }]),
        );
        if rule["on_rollout_miss"] == "return_default" {
            put(lowered, "on_miss", "stop");
        }
        Some(())
    }

    /// Variants up to their boundaries; the last one takes what is beyond.
    fn draw(&mut self, id: &str, rule: &Value) -> Option<Value> {
        let prefix = format!("{}.", rule["seed"].as_str()?);
        let mut boundary = 0.0;
        let mut ranges = Vec::new();
        for variant in rule["variants"].as_array()? {
            let name = format!("{id}.{}", variant["key"].as_str()?);
            boundary += variant["weight"].as_f64()? / 100.0;
            self.variants.insert(name.clone(), variant["value"].clone());
            ranges.push(json!({ "variant": name, "from": 0, "to": Number::from_f64(boundary) }));
        }
        let hash = hash(&prefix, "variant", &self.units(), "miss", "lt");
        Some(json!({ "distribution": { "hash": hash, "ranges": ranges, "rest": "last" } }))
    }
}
