use pennon_core::Plan;
use pennon_ruleset::{Audience, Compiled, compile, compile_checked, parse};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::random;

fn compiled(ruleset: &Value, audience: Audience) -> Compiled {
    compile(&parse(&ruleset.to_string()).unwrap(), audience).unwrap()
}

/// The object with its fields in an order that the seed chooses.
fn shuffled(fields: &Map<String, Value>, seed: u64) -> Value {
    let mut fields: Vec<_> = fields.clone().into_iter().collect();
    let mut state = seed | 1;
    for i in (1..fields.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        fields.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
    }
    Value::Object(fields.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_was_checked_compiles_to_the_same_without_another_look(ruleset in random::ruleset(true)) {
        let parsed = parse(&ruleset.to_string()).unwrap();
        for audience in [Audience::Public, Audience::Server] {
            let (once, twice) = (compile_checked(&parsed, audience), compiled(&ruleset, audience));
            let once = once.unwrap();
            prop_assert_eq!((once.plan, once.names), (twice.plan, twice.names));
        }
    }

    #[test]
    fn the_same_ruleset_gives_the_same_bytes_in_any_order_without_meaning(ruleset in random::ruleset(true), seed: u64) {
        let mut other = ruleset.clone();
        for part in ["flags", "segments", "lists", "attributes", "groups"] {
            other[part] = shuffled(ruleset[part].as_object().unwrap(), seed);
        }
        let other = shuffled(other.as_object().unwrap(), seed);
        for audience in [Audience::Public, Audience::Server] {
            let (first, second) = (compiled(&ruleset, audience), compiled(&other, audience));
            prop_assert_eq!(first.plan, second.plan);
            prop_assert_eq!(first.names, second.names);
        }
    }
}

#[test]
fn a_public_plan_holds_nothing_that_is_not_for_clients() {
    let ruleset = json!({ "schema": 1, "environment": "env_test",
        "attributes": { "email": { "class": "private" }, "country": {} },
        "lists": { "vip": { "values": ["listed-person"] } },
        "segments": { "staff": { "when": { "attribute": "email", "op": "ends_with", "value": "@secret.example" } } },
        "flags": {
            "internal-flag": { "type": "string", "variants": { "x": "internal-value" }, "client": false },
            "open": { "type": "boolean", "variants": { "on": true, "off": false }, "rules": [
                { "id": "r1", "when": { "segment": "staff" }, "outcome": { "variant": "on" } },
                { "id": "r2", "when": { "unit": "user", "op": "in", "value": ["written-person"] }, "outcome": { "variant": "on" } },
                { "id": "r7", "when": { "unit": "user", "op": "eq", "value": "equal-person" }, "outcome": { "variant": "on" } },
                { "id": "r8", "when": { "unit": "user", "op": "ne", "value": "other-person" }, "outcome": { "variant": "on" } },
                { "id": "r9", "when": { "unit": "user", "op": "in", "value": ["folded-person"], "ci": true }, "outcome": { "variant": "on" } },
                { "id": "r3", "when": { "list": "vip" }, "outcome": { "variant": "on" } },
                { "id": "r4", "when": { "flag": "internal-flag", "variants": ["x"] }, "outcome": { "variant": "on" } },
                { "id": "r5", "when": { "attribute": "country", "op": "matches", "value": "secretpattern\\b" }, "outcome": { "variant": "on" } },
                { "id": "r6", "outcome": { "distribution": {
                    "ranges": [{ "variant": "on", "from": 0, "to": 1 }],
                    "pins": [{ "values": ["pinned-person"], "variant": "off" }, { "unit": { "attribute": "email" }, "values": ["x@secret.example"], "variant": "off" }] } } },
            ] } } });
    let public = compiled(&ruleset, Audience::Public);
    let holds = |bytes: &[u8], text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    for secret in [
        "secret",
        "internal",
        "listed-person",
        "written-person",
        "equal-person",
        "other-person",
        "folded-person",
        "pinned-person",
    ] {
        assert!(!holds(&public.plan, secret), "{secret}");
    }
    let server = compiled(&ruleset, Audience::Server);
    for kept in [
        "@secret.example",
        "internal-flag",
        "written-person",
        "secretpattern",
    ] {
        assert!(holds(&server.plan, kept), "{kept}");
    }
    assert_eq!(Plan::load(&public.plan).unwrap().flag_count(), 1);
    assert_eq!(public.report.problems.len(), 5);
}

#[test]
fn names_say_what_the_plan_does_not() {
    let ruleset = json!({ "schema": 1, "environment": "env_test",
        "lists": { "vip": { "name": "Important people", "values": ["a"] } },
        "segments": { "nordic": { "name": "Nordic countries", "when": { "attribute": "country", "op": "in", "value": ["SE", "NO"] } } },
        "flags": {
            "open": { "type": "boolean", "name": "Open", "description": "Says it", "variants": { "on": true },
                "rules": [{ "id": "r1", "description": "People up north", "when": { "all": [{ "segment": "nordic" }, { "list": "vip" }] }, "outcome": { "variant": "on" } }] },
            "nameless": { "type": "boolean", "variants": { "on": true } },
            "hidden": { "type": "boolean", "variants": { "on": true }, "client": false, "name": "Hidden" } } });
    let compiled = compiled(&ruleset, Audience::Public);
    let names: Value = serde_json::from_slice(&compiled.names).unwrap();
    assert_eq!(names["plan"].as_str().unwrap().len(), 64);
    let open = json!({ "open": { "name": "Open", "description": "Says it", "rules": { "r1": { "description": "People up north" } } } });
    assert_eq!(names["flags"], open);
    assert_eq!(
        names["segments"]
            .as_object()
            .unwrap()
            .values()
            .next()
            .unwrap(),
        &json!({ "id": "nordic", "name": "Nordic countries" })
    );
    assert_eq!(
        names["lists"],
        json!({ "0": { "id": "vip", "name": "Important people" } })
    );
}

#[test]
fn a_condition_that_browsers_may_not_see_has_no_name_there() {
    let ruleset = json!({ "schema": 1, "environment": "env_test",
        "attributes": { "email": { "class": "private" } },
        "segments": { "staff": { "name": "Staff", "when": { "attribute": "email", "op": "exists" } } },
        "flags": { "open": { "type": "boolean", "variants": { "on": true }, "rules": [
            { "id": "r1", "when": { "segment": "staff" }, "outcome": { "variant": "on" } },
            { "id": "r2", "when": { "attribute": "email", "op": "eq", "value": "a" }, "outcome": { "variant": "on" } }] } } });
    let names: Value = serde_json::from_slice(&compiled(&ruleset, Audience::Public).names).unwrap();
    assert_eq!(names["segments"], json!({}), "both are the same unknown");
    let names: Value = serde_json::from_slice(&compiled(&ruleset, Audience::Server).names).unwrap();
    assert_eq!(names["segments"].as_object().unwrap().len(), 1);
}
