use std::fmt::Write;

use pennon_ruleset::{Audience, Place, compile, explain, parse};
use serde_json::{Value, json};

use crate::random::NOVEMBER;

/// A shop's ruleset with one of everything that a sentence is made for.
fn shop() -> Value {
    json!({ "schema": 1, "environment": "env_shop",
        "attributes": {
            "country": { "type": "string" }, "age": { "type": "number" }, "plan": { "type": "string" },
            "email": { "type": "string", "class": "private" }, "score": { "type": "number", "known_at": "server" },
        },
        "segments": {
            "staff": { "name": "Staff", "when": { "attribute": "email", "op": "ends_with", "value": "@acme.io" } },
            "nordic": { "when": { "attribute": "country", "op": "in", "value": ["SE", "NO", "DK", "FI", "IS"] } },
        },
        "lists": { "beta": { "name": "Beta testers", "values": ["user-1"] } },
        "flags": {
            "shop-open": { "type": "boolean", "variants": { "open": true, "closed": false }, "off": "closed",
                "rules": [{ "id": "hours", "from": "2026-11-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "outcome": { "variant": "open" } }],
                "fallthrough": { "variant": "closed" } },
            "new-checkout": { "name": "New checkout", "type": "boolean", "variants": { "on": true, "off": false }, "off": "off",
                "prerequisites": [{ "flag": "shop-open", "variants": ["open"] }],
                "rules": [
                    { "id": "r1", "description": "Staff sees it", "when": { "segment": "staff" }, "outcome": { "variant": "on" } },
                    { "id": "r2", "name": "Nordic rollout", "when": { "all": [{ "segment": "nordic" }, { "not": { "attribute": "plan", "op": "eq", "value": "free" } }] },
                        "outcome": { "distribution": { "ranges": [{ "variant": "on", "from": 0, "to": 2500 }] } } },
                    { "id": "r3", "when": { "any": [{ "list": "beta" }, { "attribute": "age", "op": "ge", "value": 18 }, { "attribute": "plan", "op": "starts_with", "value": ["team", "enter"], "ci": true }] },
                        "gates": [{ "salt": "layer-1", "ranges": [{ "from": 0, "to": 5000 }] }],
                        "outcome": { "variant": "on" } },
                ],
                "fallthrough": { "variant": "off" } },
            "price": { "type": "number", "variants": { "low": 9, "high": 12.5 },
                "rules": [{ "id": "r1", "when": { "attribute": "score", "op": "gt", "value": 700 }, "outcome": { "variant": "low" } },
                    { "id": "r2", "holdout": true, "when": { "attribute": "tags", "op": "matches", "value": "^vip" }, "outcome": { "special": "null" } }],
                "fallthrough": { "distribution": { "ranges": [{ "variant": "low", "from": 0, "to": 5000 }, { "variant": "high", "from": 5000, "to": 10_000 }] } } },
            "killed": { "type": "boolean", "variants": { "on": true, "off": false }, "killed": true, "off": "off" },
            "calm": { "type": "string", "variants": { "a": "A" }, "fallthrough": { "variant": "a" } },
        } })
}

/// The sentences of every flag for one context.
fn told(audience: Audience, place: Place, now_ms: i64, context: &Value) -> String {
    let compiled = compile(&parse(&shop().to_string()).unwrap(), audience).unwrap();
    let mut text = String::new();
    for key in [
        "new-checkout",
        "price",
        "shop-open",
        "killed",
        "calm",
        "gone",
    ] {
        #[expect(clippy::cast_precision_loss, reason = "the test's times are small")]
        let explanation = explain(
            &compiled.plan,
            Some(&compiled.names),
            context,
            key,
            now_ms as f64,
            place,
        )
        .unwrap();
        writeln!(text, "{}\n", explanation.sentences.join("\n")).unwrap();
    }
    text
}

#[test]
fn a_server_tells_a_customer_from_sweden() {
    let context = json!({ "units": { "user": "user-42" },
        "attributes": { "country": "SE", "plan": "pro", "email": "a@b.se", "age": 17, "score": 705, "tags": ["new", "vip-gold"] } });
    insta::assert_snapshot!(told(
        Audience::Server,
        Place::Server,
        NOVEMBER + 1,
        &context
    ));
}

#[test]
fn a_browser_tells_somebody_it_knows_little_about() {
    let context =
        json!({ "units": {}, "attributes": { "country": "US", "plan": null, "tags": [] } });
    insta::assert_snapshot!(told(
        Audience::Public,
        Place::Client,
        NOVEMBER + 1,
        &context
    ));
}

#[test]
fn before_opening_nothing_is_on() {
    let context = json!({ "units": { "user": "user-1" }, "attributes": { "age": 40, "plan": "Team", "score": 1, "tags": "vip" } });
    insta::assert_snapshot!(told(
        Audience::Server,
        Place::Server,
        NOVEMBER - 1,
        &context
    ));
}

#[test]
fn a_beta_tester_without_email() {
    let context = json!({ "units": { "user": "user-1" }, "attributes": { "country": "SE", "plan": "free", "age": 40 } });
    insta::assert_snapshot!(told(Audience::Server, Place::Server, NOVEMBER, &context));
}

#[test]
fn a_rollout_that_passes_somebody_by() {
    let context = json!({ "units": { "user": "user-7" }, "attributes": { "country": "NO", "plan": "TEAM", "age": 3, "score": 1 } });
    insta::assert_snapshot!(told(Audience::Server, Place::Server, NOVEMBER, &context));
}

#[test]
fn nobody_to_draw_with() {
    let context = json!({ "units": { "user": true }, "attributes": { "country": "NO", "plan": "TEAM", "age": [3, 20], "score": 1 } });
    insta::assert_snapshot!(told(Audience::Server, Place::Server, NOVEMBER, &context));
}

#[test]
fn the_tree_says_the_same_as_the_sentences() {
    let compiled = compile(&parse(&shop().to_string()).unwrap(), Audience::Server).unwrap();
    let context = json!({ "units": { "user": "user-42" }, "attributes": { "country": "SE", "plan": "free" } });
    let explanation = explain(
        &compiled.plan,
        Some(&compiled.names),
        &context,
        "new-checkout",
        1.0,
        Place::Server,
    )
    .unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&explanation).unwrap());
}

#[test]
fn the_draw_of_the_fallthrough_is_no_part_of_a_rule() {
    let demo = include_str!("../../../examples/react-app/demo/flags/hero-headline.json");
    let hero: Value = serde_json::from_str(demo).unwrap();
    let mut half = hero.clone();
    half["fallthrough"]["distribution"]["ranges"]
        .as_array_mut()
        .unwrap()
        .truncate(1);
    let ruleset = json!({ "schema": 1, "environment": "env_demo",
        "lists": { "testers": { "name": "Shop testers", "values": ["tester-1"] } },
        "flags": { "hero-headline": hero, "half": half } });
    let compiled = compile(&parse(&ruleset.to_string()).unwrap(), Audience::Public).unwrap();
    let mut text = String::new();
    for (key, user) in [
        ("hero-headline", json!("visitor-1")),
        ("hero-headline", json!("tester-1")),
        ("half", json!("visitor-1")),
        ("hero-headline", Value::Null),
    ] {
        let context = json!({ "units": { "user": user } });
        let names = Some(&*compiled.names);
        let told = explain(&compiled.plan, names, &context, key, 1.0, Place::Client).unwrap();
        let fallthrough = serde_json::to_value(&told).unwrap()["fallthrough"].clone();
        let last = told.sentences.last().unwrap();
        assert!(fallthrough.is_null() || fallthrough == *last, "{told:?}");
        writeln!(text, "{}\n", told.sentences.join("\n")).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn names_of_another_plan_are_not_used() {
    let server = compile(&parse(&shop().to_string()).unwrap(), Audience::Server).unwrap();
    let public = compile(&parse(&shop().to_string()).unwrap(), Audience::Public).unwrap();
    let context = json!({});
    let name = |names: Option<&[u8]>| {
        explain(
            &server.plan,
            names,
            &context,
            "new-checkout",
            0.0,
            Place::Server,
        )
        .unwrap()
        .name
    };
    assert_eq!(name(Some(&server.names)).as_deref(), Some("New checkout"));
    assert_eq!(name(Some(&public.names)), None);
    assert_eq!(name(Some(b"no json")), None);
    assert_eq!(name(None), None);
}
