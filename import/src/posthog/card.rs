//! What is said of a flag besides its decision: ids, versions, payloads, and what each rule was.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::flag::{Names, unit_of_group};
use super::operator::fault;

/// What `PostHog`'s answers say of one flag that its decision does not.
///
/// It is made from the flag's definition, and small enough to travel beside a plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Numeric id.
    pub id: Value,
    /// Revision of its config; 0 when it has none.
    pub version: Value,
    /// Whether a live experiment uses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_experiment: Option<bool>,
    /// Whether its payloads are encrypted, and not to be handed out.
    #[serde(default)]
    pub has_encrypted_payloads: bool,
    /// Payloads as stored, by `true` or the name of a variant.
    #[serde(default)]
    pub payloads: Map<String, Value>,
    /// Name of the variant that is on without being one.
    pub on: String,
    /// Name of the variant that is off, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off: Option<String>,
    /// For each condition that is about a group, its unit; an empty one never has a key.
    #[serde(default)]
    pub groups: Vec<Option<String>>,
    /// The rules of config version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<Decided>>,
}

/// A rule of config version 2, as answers name it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// Its id.
    pub id: Value,
    /// Its type.
    pub rule_type: Value,
    /// Whether it is an experiment that is paused.
    #[serde(default)]
    pub is_paused: bool,
    /// Whether whoever is not let in ends at the default.
    #[serde(default)]
    pub stops_on_miss: bool,
    /// The code of what no filter can be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

impl Card {
    /// The card of a flag definition; `group_types` are names by index.
    pub fn of(definition: &Value, group_types: &Map<String, Value>) -> Self {
        let filters = &definition["filters"];
        let names = Names::of(definition);
        let rules = (filters["version"] == 2).then(|| {
            let rules = filters["rules"].as_array().into_iter().flatten();
            rules.map(Decided::of).collect()
        });
        Self {
            id: definition["id"].clone(),
            version: match &definition["version"] {
                Value::Null => 0.into(),
                version => version.clone(),
            },
            has_experiment: definition["has_experiment"].as_bool(),
            has_encrypted_payloads: definition["has_encrypted_payloads"] == true,
            payloads: filters["payloads"].as_object().cloned().unwrap_or_default(),
            on: names.on,
            off: names.off,
            groups: groups(filters, group_types),
            rules,
        }
    }
}

impl Decided {
    fn of(rule: &Value) -> Self {
        let filters = rule["targeting"]["properties"].as_array().into_iter();
        Self {
            id: rule["id"].clone(),
            rule_type: rule["rule_type"].clone(),
            is_paused: rule["paused"] == true,
            stops_on_miss: rule["on_rollout_miss"] == "return_default",
            fault: filters.flatten().find_map(fault).map(str::to_owned),
        }
    }
}

fn groups(filters: &Value, group_types: &Map<String, Value>) -> Vec<Option<String>> {
    let flag = &filters["aggregation_group_type_index"];
    let conditions = filters["groups"].as_array().into_iter().flatten();
    conditions
        .map(|condition| {
            let own = condition
                .get("aggregation_group_type_index")
                .unwrap_or(flag);
            let index = super::definitions::id_text(own)?;
            let kind = group_types.get(&index).and_then(Value::as_str);
            Some(kind.map(unit_of_group).unwrap_or_default())
        })
        .collect()
}
