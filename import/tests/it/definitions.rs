//! Random definitions: payloads with everything that a flag can hold, and much that it should not.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

const KEYS: [&str; 5] = ["alpha", "beta", "gamma", "delta", "a/b~c"];

/// A payload as JSON text without spaces, with numbers written in many ways.
pub(crate) fn payload() -> impl Strategy<Value = String> {
    (
        prop::collection::vec(flag(), 1..5),
        prop::collection::vec(cohort(0), 2),
        select(vec![json!(null), json!(1), json!(2), json!("2")]),
        any::<u64>(),
    )
        .prop_map(|(flags, cohorts, version, seed)| {
            let flags: Vec<Value> = flags
                .into_iter()
                .enumerate()
                .map(|(i, mut flag)| {
                    flag["id"] = json!(i + 1);
                    flag["key"] = json!(KEYS[i]);
                    flag
                })
                .collect();
            let mut payload = json!({ "flags": flags,
                "group_type_mapping": { "0": "company", "1": "project" },
                "cohorts": { "1": cohorts[0], "2": cohorts[1] }, "minimal_flag_called_events": true });
            if !version.is_null() {
                payload["property_matching_version"] = version;
            }
            print(&payload, &mut seed.max(1))
        })
}

/// JSON text; whole numbers and fractions are written in one of several ways.
fn print(value: &Value, seed: &mut u64) -> String {
    match value {
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(|one| print(one, seed)).collect();
            format!("[{}]", elements.join(","))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}:{}", json!(name), print(value, seed)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Number(number) => {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            match *seed >> 60 {
                0 => format!("{number}e0"),
                1 => format!("{number}E+0"),
                2 if number.is_u64() => format!("{number}.0"),
                3 if number.is_u64() => format!("{number}.00"),
                _ => number.to_string(),
            }
        }
        scalar => scalar.to_string(),
    }
}

fn flag() -> impl Strategy<Value = Value> {
    let variants = select(vec![
        Value::Null,
        json!({ "variants": [] }),
        json!({ "variants": [{ "key": "control", "rollout_percentage": 50 },
            { "key": "test", "name": "Test", "rollout_percentage": 50 }] }),
        json!({ "variants": [{ "key": "a", "rollout_percentage": 33.3 },
            { "key": "true", "rollout_percentage": 0 }, { "key": "b", "rollout_percentage": 20 }] }),
    ]);
    let own = (
        prop::bool::weighted(0.9),
        select(vec![Value::Null, json!(0), json!(1), json!(7)]),
        prop::bool::weighted(0.2),
        select(vec![
            Value::Null,
            json!({ "id": 3, "exclusion_percentage": 25.5 }),
            json!({ "id": null }),
        ]),
        prop::bool::weighted(0.2),
        select(vec![json!(null), json!("device_id"), json!("")]),
        prop::bool::weighted(0.1),
    );
    let more = select(vec![
        json!({}),
        json!({ "sort_key": 1.5, "description": "ü\n\"" }),
        json!({ "evaluation_contexts": ["web", "a\"b"], "evaluation_runtime": "server" }),
        json!({ "evaluation_tags": [], "evaluation_runtime": "moon", "version": 4, "deleted": false }),
        json!({ "has_experiment": true, "has_encrypted_payloads": true }),
    ]);
    let conditions = prop::collection::vec(condition(), 0..4);
    (own, variants, conditions, more).prop_map(|(own, variants, conditions, more)| {
        let (active, aggregation, early_exit, holdout, enrolment, bucketing, continuity) = own;
        let mut flag = json!({ "id": 0, "name": "A flag", "key": "", "active": active,
            "bucketing_identifier": bucketing, "ensure_experience_continuity": continuity,
            "filters": { "groups": conditions, "multivariate": variants,
                "aggregation_group_type_index": aggregation, "early_exit": early_exit,
                "payloads": { "true": "{\"a\":1}", "test": "0" } } });
        if !holdout.is_null() {
            flag["filters"]["holdout"] = holdout;
        }
        if enrolment {
            flag["filters"]["feature_enrollment"] = json!(true);
        }
        for (name, value) in more.as_object().unwrap() {
            flag[name] = value.clone();
        }
        flag
    })
}

fn condition() -> impl Strategy<Value = Value> {
    (
        prop::collection::vec(filter(true), 0..3),
        select(vec![json!(null), json!(100), json!(0), json!(37.5), json!(99.99)]),
        select(vec![json!(null), json!("test"), json!("nobody")]),
        select(vec![None, None, Some(json!(null)), Some(json!(0)), Some(json!(9))]),
    )
        .prop_map(|(properties, rollout, variant, aggregation)| {
            let mut condition =
                json!({ "properties": properties, "rollout_percentage": rollout, "variant": variant });
            if let Some(aggregation) = aggregation {
                condition["aggregation_group_type_index"] = aggregation;
            }
            condition
        })
}

/// A filter on a property, and of flags also on other flags and cohorts.
pub(crate) fn filter(of_flag: bool) -> impl Strategy<Value = Value> {
    let property = (
        select(vec!["plan", "age", "version", "seen", "/odd", "email"]),
        select(OPERATORS.to_vec()),
        operand(),
        select(vec![
            json!("person"),
            json!(null),
            json!("group"),
            json!("person_metadata"),
        ]),
    )
        .prop_map(|(key, operator, value, kind)| {
            let mut filter = json!({ "key": key, "operator": operator, "value": value });
            // The text of an object is a pattern that a plan for browsers leaves unknown.
            if operator.ends_with("regex") && filter["value"].is_object() {
                filter["value"] = json!("(a|b)c");
            }
            if !kind.is_null() {
                filter["type"] = kind;
            }
            if filter["type"] == "group" {
                filter["group_type_index"] = json!(0);
            }
            filter
        });
    let cohort = (select(vec![json!(1), json!("2"), json!(99)]), select(vec!["in", "not_in", "exact"]))
        .prop_map(|(id, operator)| {
            json!({ "key": "id", "type": "cohort", "operator": operator, "value": id })
        });
    let flag = (
        select(vec!["alpha", "beta", "1", "ghost"]),
        select(vec![json!(true), json!(false), json!("test"), json!(1)]),
        select(vec![
            json!(null),
            json!([]),
            json!(["alpha"]),
            json!(["ghost", "beta"]),
        ]),
    )
        .prop_map(|(key, value, chain)| {
            json!({ "key": key, "type": "flag", "operator": "flag_evaluates_to", "value": value,
                "dependency_chain": chain })
        });
    let other = u32::from(of_flag);
    prop_oneof![8 => property, 2 * other => cohort, 2 * other => flag]
}

const OPERATORS: [&str; 31] = [
    "exact",
    "is_not",
    "is_set",
    "is_not_set",
    "icontains",
    "not_icontains",
    "icontains_multi",
    "not_icontains_multi",
    "starts_with",
    "not_starts_with",
    "ends_with",
    "not_ends_with",
    "regex",
    "not_regex",
    "gt",
    "gte",
    "lt",
    "lte",
    "between",
    "not_between",
    "is_date_before",
    "is_date_after",
    "is_date_exact",
    "semver_eq",
    "semver_neq",
    "semver_gt",
    "semver_tilde",
    "semver_caret",
    "semver_wildcard",
    "in",
    "smells_like",
];

fn operand() -> impl Strategy<Value = Value> {
    select(vec![
        json!("pro"),
        json!("É"),
        json!("true"),
        json!(["false", true]),
        json!([]),
        json!(1),
        json!(1.5),
        json!("1e3"),
        json!([1, 20]),
        json!([20, 1]),
        json!("2026-11-01"),
        json!("-7d"),
        json!("13m"),
        json!("v1.2"),
        json!("1.*"),
        json!("^a.c$"),
        json!("?*"),
        json!({ "b": 1, "a": [null] }),
        json!(null),
        json!("inf"),
        json!("nan"),
    ])
}

fn cohort(depth: u32) -> BoxedStrategy<Value> {
    let leaf = (filter(false), prop::bool::weighted(0.3)).prop_map(|(mut leaf, negation)| {
        leaf["negation"] = json!(negation);
        leaf
    });
    let kind = select(vec!["AND", "OR", "property"]);
    let leaves = (kind.clone(), prop::collection::vec(leaf, 0..3))
        .prop_map(|(kind, values)| json!({ "type": kind, "values": values }));
    if depth > 0 {
        return leaves.boxed();
    }
    let groups = (kind, prop::collection::vec(cohort(depth + 1), 0..3))
        .prop_map(|(kind, values)| json!({ "type": kind, "values": values }));
    prop_oneof![2 => leaves, 2 => groups, 1 => Just(json!({}))].boxed()
}

/// A request with properties of right and wrong types, and with much that is missing.
pub(crate) fn request() -> impl Strategy<Value = Value> {
    let values = vec![
        json!("pro"),
        json!("PRO"),
        json!("é"),
        json!(true),
        json!("False"),
        json!(1),
        json!(1.0),
        json!(1.5),
        json!("15"),
        json!(null),
        json!([true]),
        json!({ "a": [null], "b": 1 }),
        json!("2026-11-01 10:00"),
        json!(1_793_491_200),
        json!("-8d"),
        json!("1.2.0"),
        json!("1.9.0-rc.1"),
        json!("abc"),
        json!("nan"),
    ];
    let properties = prop::collection::btree_map(
        select(vec![
            "plan",
            "age",
            "version",
            "seen",
            "/odd",
            "email",
            "$feature_enrollment/alpha",
        ]),
        select(values),
        0..5,
    );
    let groups = select(vec![
        json!({}),
        json!({ "company": "acme" }),
        json!({ "company": 42 }),
        json!({ "company": "", "project": "p1" }),
    ]);
    (
        select(vec!["u1", "u2", "u3", "user-17", ""]),
        properties.clone(),
        groups,
        properties,
        prop::bool::weighted(0.3),
    )
        .prop_map(|(id, person, groups, company, has_device)| {
            let map = |properties: std::collections::BTreeMap<&str, Value>| -> Map<String, Value> {
                properties
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()
            };
            let mut request = json!({ "distinct_id": id, "person_properties": map(person),
                "groups": groups, "group_properties": { "company": map(company) } });
            if has_device {
                request["device_id"] = json!("d1");
            }
            request
        })
}
