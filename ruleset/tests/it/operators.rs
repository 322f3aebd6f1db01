use pennon_ruleset::{Audience, Decider, Place, compile, explain, parse};
use serde_json::{Value, json};

use crate::random::NOVEMBER;

#[test]
fn every_operator_holds_and_fails_as_its_case_says() {
    let cases: Value = serde_json::from_str(include_str!("operators.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let mut when = case["when"].clone();
        when["attribute"] = json!("v");
        let ruleset = json!({ "schema": 1, "environment": "env_test", "flags": { "f": {
            "type": "boolean", "variants": { "on": true }, "dialect": case["dialect"],
            "rules": [{ "id": "r1", "when": when, "outcome": { "variant": "on" } }] } } });
        let parsed = parse(&ruleset.to_string()).unwrap();
        for audience in [Audience::Public, Audience::Server] {
            let decider = Decider::load(&compile(&parsed, audience).unwrap().plan).unwrap();
            let holds = |context: &Value| {
                #[expect(clippy::cast_precision_loss, reason = "the test's times are small")]
                let details = decider.decide(context, "f", NOVEMBER as f64, Place::Client);
                details.variant.is_some()
            };
            for (list, expected) in [("holds", true), ("fails", false)] {
                for value in case[list].as_array().unwrap() {
                    let context = json!({ "attributes": { "v": value } });
                    assert_eq!(holds(&context), expected, "{}: {value}", case["says"]);
                }
            }
            assert_eq!(
                holds(&json!({})),
                case["missing"],
                "{}: missing",
                case["says"]
            );
        }
    }
}

#[test]
fn a_pattern_knows_nothing_about_a_text_above_its_bound() {
    for pattern in ["^a+$", "^(?=a)a+$"] {
        let ruleset = json!({ "schema": 1, "environment": "env_test", "flags": { "f": {
            "type": "boolean", "variants": { "on": true },
            "rules": [{ "id": "r1", "when": { "attribute": "v", "op": "matches", "value": pattern },
                "outcome": { "variant": "on" } }] } } });
        let compiled = compile(&parse(&ruleset.to_string()).unwrap(), Audience::Server).unwrap();
        let decider = Decider::load(&compiled.plan).unwrap();
        let reason = |text: &str| {
            let context = json!({ "attributes": { "v": text } });
            decider.decide(&context, "f", 0.0, Place::Server).reason
        };
        assert_eq!(reason(&"a".repeat(1024)), "TARGETING_MATCH", "{pattern}");
        assert_eq!(reason(&"a".repeat(1025)), "UNKNOWN", "{pattern}");
        assert_eq!(reason(&"å".repeat(512)), "DEFAULT", "{pattern}");
        assert_eq!(reason(&"å".repeat(513)), "UNKNOWN", "{pattern}");

        let long = json!({ "attributes": { "v": "a".repeat(1025) } });
        let told = explain(&compiled.plan, None, &long, "f", 0.0, Place::Server).unwrap();
        let told = told.sentences.join(" ");
        assert!(
            told.contains("it cannot be told whether it matches"),
            "{told}"
        );
    }
}

/// Contexts that are no contexts, and values that are no values: nothing fails but the tests.
#[test]
fn no_context_makes_a_decision_fail() {
    let ruleset = json!({ "schema": 1, "environment": "env_test", "flags": { "f": {
        "type": "boolean", "variants": { "on": true },
        "rules": [{ "id": "r1", "when": { "group": "company", "attribute": "/plan/0", "op": "eq", "value": "pro" },
            "outcome": { "distribution": { "ranges": [{ "variant": "on", "from": 0, "to": 10_000 }] } } }] } } });
    let compiled = compile(&parse(&ruleset.to_string()).unwrap(), Audience::Server).unwrap();
    let decider = Decider::load(&compiled.plan).unwrap();
    let matching = json!({ "company": { "plan": ["pro"] } });
    let many: serde_json::Map<String, Value> =
        (0..10_000).map(|i| (format!("a{i}"), json!(i))).collect();
    let cases = [
        (json!(null), "DEFAULT"),
        (json!([1, 2]), "DEFAULT"),
        (json!("text"), "DEFAULT"),
        (
            json!({ "units": 5, "attributes": [], "groups": { "company": 3 } }),
            "DEFAULT",
        ),
        (json!({ "units": {}, "groups": matching }), "ERROR"),
        (
            json!({ "units": { "user": null }, "groups": matching }),
            "ERROR",
        ),
        (
            json!({ "units": { "user": 1.5 }, "groups": matching }),
            "ERROR",
        ),
        (
            json!({ "units": { "user": { "id": 1 } }, "groups": matching }),
            "ERROR",
        ),
        (
            json!({ "units": { "user": -0.0 }, "groups": matching }),
            "SPLIT",
        ),
        (
            json!({ "units": { "user": "x".repeat(1 << 20) }, "groups": matching, "attributes": many }),
            "SPLIT",
        ),
    ];
    for (context, reason) in cases {
        let details = decider.decide(&context, "f", f64::NAN, Place::Server);
        assert_eq!(
            details.reason,
            reason,
            "{}",
            context.to_string().chars().take(100).collect::<String>()
        );
    }
    let gone = decider.decide(&json!({}), "gone", 0.0, Place::Server);
    assert_eq!(
        (gone.reason, gone.error_code),
        ("ERROR", Some("FLAG_NOT_FOUND"))
    );
}

#[test]
fn whole_numbers_are_the_ids_that_their_digits_write() {
    let ruleset = json!({ "schema": 1, "environment": "env_test", "flags": { "f": {
        "type": "boolean", "variants": { "on": true },
        "rules": [{ "id": "r1", "when": { "unit": "user", "op": "in", "value": ["7", "0", "-3", "18446744073709551615"] },
            "outcome": { "variant": "on" } }] } } });
    let compiled = compile(&parse(&ruleset.to_string()).unwrap(), Audience::Public).unwrap();
    let decider = Decider::load(&compiled.plan).unwrap();
    let is_in = |id: Value| {
        decider
            .decide(&json!({ "units": { "user": id } }), "f", 0.0, Place::Client)
            .variant
            .is_some()
    };
    for id in [
        json!("7"),
        json!(7),
        json!(7.0),
        json!(-0.0),
        json!(0),
        json!(-3),
        json!(u64::MAX),
    ] {
        assert!(is_in(id.clone()), "{id}");
    }
    for id in [json!("07"), json!(7.5), json!(true), json!([7])] {
        assert!(!is_in(id.clone()), "{id}");
    }
}
