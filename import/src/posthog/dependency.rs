//! Which flags other flags ask for, and which of them the service cannot evaluate.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Refused;
use super::definitions::{Definitions, id_text};

pub(super) struct Dependencies<'a> {
    by_key: BTreeMap<&'a str, &'a Value>,
    key_by_id: BTreeMap<String, &'a str>,
    /// Flags whose dependency is missing, waits for itself, or is broken.
    broken: BTreeSet<&'a str>,
    /// Flags that wait for themselves.
    cyclic: BTreeSet<&'a str>,
}

impl<'a> Dependencies<'a> {
    pub(super) fn new(definitions: &'a Definitions, refused: &Refused) -> Self {
        let mut dependencies = Self {
            by_key: BTreeMap::new(),
            key_by_id: BTreeMap::new(),
            broken: BTreeSet::new(),
            cyclic: BTreeSet::new(),
        };
        for definition in &definitions.flags {
            if let Some(key) = definition["key"].as_str()
                && !refused.flags.contains_key(key)
            {
                dependencies.by_key.entry(key).or_insert(definition);
                if let Some(id) = id_text(&definition["id"]) {
                    dependencies.key_by_id.entry(id).or_insert(key);
                }
            }
        }
        dependencies.find_broken();
        dependencies
    }

    /// The key of the flag that a filter asks for: by key, else by numeric id.
    pub(super) fn target(&self, filter: &Value) -> Option<&'a str> {
        let named = id_text(&filter["key"])?;
        let by_key = self.by_key.get_key_value(named.as_str());
        by_key
            .map(|(key, _)| *key)
            .or_else(|| self.key_by_id.get(&named).copied())
    }

    pub(super) fn definition(&self, key: &str) -> Option<&'a Value> {
        self.by_key.get(key).copied()
    }

    /// Whether the service gives up on the flag.
    pub(super) fn is_broken(&self, key: &str) -> bool {
        self.broken.contains(key)
    }

    /// Whether asking one flag for the other would go round in a circle.
    pub(super) fn closes_circle(&self, key: &str, target: &str) -> bool {
        self.cyclic.contains(key) && self.cyclic.contains(target)
    }

    /// Whether a filter's chain names flags only that are there: what a local evaluator needs.
    pub(super) fn has_chain(&self, filter: &Value) -> bool {
        filter["dependency_chain"].as_array().is_some_and(|chain| {
            let is_there = |key: &Value| {
                key.as_str()
                    .is_some_and(|key| self.by_key.contains_key(key))
            };
            !chain.is_empty() && chain.iter().all(is_there)
        })
    }

    fn find_broken(&mut self) {
        let targets: BTreeMap<&str, Vec<Option<&str>>> = self
            .by_key
            .iter()
            .map(|(key, flag)| {
                (
                    *key,
                    filters(flag).map(|filter| self.target(filter)).collect(),
                )
            })
            .collect();
        for (key, asked) in &targets {
            if asked.contains(&None) {
                self.broken.insert(key);
            }
            if reaches(&targets, key) {
                self.cyclic.insert(key);
                self.broken.insert(key);
            }
        }
        loop {
            let waits = |key: &&&'a str| {
                let asked = targets.get(**key).into_iter().flatten().flatten();
                !self.broken.contains(**key)
                    && asked.into_iter().any(|target| self.broken.contains(target))
            };
            let more: Vec<&'a str> = self.by_key.keys().filter(waits).copied().collect();
            if more.is_empty() {
                return;
            }
            self.broken.extend(more);
        }
    }
}

/// Whether a flag asks for itself, directly or through others.
fn reaches(targets: &BTreeMap<&str, Vec<Option<&str>>>, key: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = vec![key];
    while let Some(next) = open.pop() {
        for target in targets.get(next).into_iter().flatten().flatten() {
            if *target == key {
                return true;
            }
            if seen.insert(*target) {
                open.push(target);
            }
        }
    }
    false
}

/// The filters on other flags of both versions of `filters`.
fn filters(flag: &Value) -> impl Iterator<Item = &Value> {
    let list = |value: &'static str| flag["filters"][value].as_array().into_iter().flatten();
    let groups = list("groups").map(|group| &group["properties"]);
    let rules = list("rules").map(|rule| &rule["targeting"]["properties"]);
    groups
        .chain(rules)
        .flat_map(|properties| properties.as_array().into_iter().flatten())
        .filter(|filter| filter["type"] == "flag")
}
