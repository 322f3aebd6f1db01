use pennon_ruleset::{Audience, Decider, Header, Place, compile, parse, seal};
use serde_json::{Value, json};

use super::*;
use crate::error::FailureKind;

const NOW: u64 = 1_795_600_000_000;

/// A flag for everything a context can hold; `secret` is hidden from clients.
fn ruleset() -> pennon_ruleset::Ruleset {
    let on_when = |when: Value| {
        json!({ "type": "boolean", "variants": { "off": false, "on": true }, "off": "off",
            "rules": [{ "id": "r1", "when": when, "outcome": { "variant": "on" } }],
            "fallthrough": { "variant": "off" } })
    };
    let test =
        |name: &str, op: &str, value: Value| json!({ "attribute": name, "op": op, "value": value });
    let half =
        json!({ "distribution": { "ranges": [{ "variant": "on", "from": 0, "to": 5000 }] } });
    let mut split = on_when(json!({ "attribute": "age", "op": "exists" }));
    if let Some(outcome) = split.pointer_mut("/rules/0/outcome") {
        *outcome = half;
    }
    let mut secret = on_when(test("plan", "eq", json!("pro")));
    if let Some(flag) = secret.as_object_mut() {
        flag.insert("client".into(), json!(false));
    }
    let flags = json!({
        "country": on_when(test("country", "eq", json!("SE"))),
        "email": on_when(test("email", "matches", json!("^(?=a).*@example\\.com$"))),
        "nested": on_when(test("/cart/items/0/id", "eq", json!("x\"1"))),
        "tags": on_when(test("tags", "eq", json!("beta"))),
        "null": on_when(test("nothing", "eq", Value::Null)),
        "company": on_when(json!({ "group": "company", "attribute": "size", "op": "gt", "value": 10 })),
        "secret": secret,
        "split": split,
        "text": { "type": "string", "variants": { "a": "tab\t\"quoted\" ö", "b": "B" }, "off": "b",
            "rules": [{ "id": "grün", "when": test("age", "ge", json!(18)),
                "outcome": { "variant": "a" } }],
            "fallthrough": { "variant": "b" } },
        "object": { "type": "object", "variants": { "a": { "n": [1, 2.5, null] }, "b": {} }, "off": "b",
            "killed": true, "fallthrough": { "variant": "a" } },
    });
    let attribute = |kind: &str, known_at: &str, class: &str| json!({ "type": kind, "known_at": known_at, "class": class });
    let ruleset = json!({ "schema": 1, "environment": "env_test", "flags": flags,
        "attributes": {
            "country": attribute("string", "edge", "public"),
            "email": attribute("string", "client", "private"),
            "plan": attribute("string", "server", "public"),
        } });
    match parse(&ruleset.to_string()) {
        Ok(ruleset) => ruleset,
        Err(report) => panic!("{report}"),
    }
}

fn envelope(audience: Audience, expires_ms: u64) -> Vec<u8> {
    let compiled = compile(&ruleset(), audience).unwrap();
    let header = Header {
        environment: "env_test".into(),
        revision: 7,
        issued_ms: NOW - 1,
        expires_ms,
        key_id: [0; 8],
    };
    seal(&header, &compiled.plan, |_| [0; 64]).unwrap()
}

fn evaluator() -> Evaluator {
    Evaluator::load(&envelope(Audience::Server, 0)).unwrap()
}

fn from_server(body: &str) -> Question<'_> {
    Question {
        body: body.as_bytes(),
        now: NOW,
        client: None,
        is_stale: false,
    }
}

fn answer(evaluator: &Evaluator, question: &Question<'_>) -> Value {
    let answered = evaluator.answer(question).unwrap();
    serde_json::from_str(&answered.text).unwrap()
}

#[test]
fn decides_as_the_core_does_wherever_the_context_came_from() {
    let compiled = compile(&ruleset(), Audience::Server).unwrap();
    let decider = Decider::load(&compiled.plan).unwrap();
    let evaluator = evaluator();
    for context in [
        json!({}),
        json!({ "units": null, "attributes": null, "groups": null, "more": [1] }),
        json!({ "units": { "user": "u1" }, "attributes": { "age": 18, "country": "SE", "plan": "pro" } }),
        json!({ "units": { "user": 12 }, "attributes": { "age": 17.5, "email": "a@example.com" } }),
        json!({ "units": { "user": 12.0 }, "attributes": { "age": -1, "email": ["x", "a@example.com"] } }),
        json!({ "units": { "user": 1.5 }, "attributes": { "age": "18" } }),
        json!({ "units": { "user": true }, "attributes": { "age": 1e300 } }),
        json!({ "units": { "user": null }, "attributes": { "age": [], "tags": ["alpha", "beta", 1, null, {}] } }),
        json!({ "units": { "user": ["u1"] }, "attributes": { "age": {}, "tags": "beta", "nothing": null } }),
        json!({ "units": { "user": 18_446_744_073_709_551_615_u64 }, "attributes": { "age": 2 } }),
        json!({ "attributes": { "cart": { "items": [{ "id": "x\"1" }, { "id": "y" }] } } }),
        json!({ "attributes": { "cart": { "items": { "0": { "id": "x\"1" } } } } }),
        json!({ "attributes": { "cart": { "items": [] } } }),
        json!({ "attributes": { "cart": "x\"1" } }),
        json!({ "groups": { "company": { "size": 11 } } }),
        json!({ "groups": { "company": { "size": "11" }, "club": { "size": 12 } } }),
        json!({ "groups": { "company": 12 } }),
    ] {
        let body = json!({ "context": context }).to_string();
        let given = answer(&evaluator, &from_server(&body));
        assert_eq!(given["revision"], 7);
        let expected = decider.decide_all(&context, precise(NOW), Place::Edge);
        assert_eq!(given["flags"].as_object().unwrap().len(), expected.len());
        for (key, details) in expected {
            let mut details = serde_json::to_value(&details).unwrap();
            let fields = details.as_object_mut().unwrap();
            if let Some(code) = fields.remove("errorCode") {
                fields.insert("error".into(), code);
            }
            if fields.get("exposure") == Some(&json!(true)) {
                fields.remove("exposure");
            }
            assert_eq!(given["flags"][&key], details, "{key} for {context}");
        }
    }
}

#[test]
fn clients_see_their_flags_and_are_not_believed_where_the_edge_knows() {
    let evaluator = evaluator();
    assert!(evaluator.visible("public").is_none());
    let visible = evaluator
        .show("public", &envelope(Audience::Public, 0))
        .unwrap();
    assert!(evaluator.visible("public").is_some() && evaluator.visible("other").is_none());
    let body = json!({ "context": { "attributes": {
        "country": "SE", "email": "a@example.com", "plan": "pro" } } });
    let body = body.to_string();
    let sweden = |name: &str| (name == "country").then(|| "SE".to_owned());
    let norway = |name: &str| (name == "country").then(|| "NO".to_owned());
    let nothing = |_: &str| None;
    for (known, country) in [
        (&sweden as &Knowledge<'_>, "on"),
        (&norway, "off"),
        (&nothing, "off"),
    ] {
        let given = answer(
            &evaluator,
            &Question {
                client: Some((visible.clone(), known)),
                ..from_server(&body)
            },
        );
        assert_eq!(given["flags"]["country"]["variant"], country);
        // A pattern that no browser may see is decided here.
        assert_eq!(given["flags"]["email"]["variant"], "on");
        assert!(given["flags"].get("secret").is_none());
    }
    assert_eq!(
        answer(&evaluator, &from_server(&body))["flags"]["secret"]["variant"],
        "on"
    );
    assert_eq!(
        answer(&evaluator, &from_server(&body))["flags"]["country"]["variant"],
        "on"
    );

    let body =
        json!({ "context": {}, "flags": ["secret", "tags", "ghost \"", "tags"] }).to_string();
    let given = answer(
        &evaluator,
        &Question {
            client: Some((visible, &nothing)),
            ..from_server(&body)
        },
    );
    let not_found = json!({ "reason": "ERROR", "error": "FLAG_NOT_FOUND", "exposure": false });
    let flags = given["flags"].as_object().unwrap();
    assert_eq!(flags.len(), 3);
    assert_eq!(
        (&flags["secret"], &flags["ghost \""]),
        (&not_found, &not_found)
    );
    assert_eq!(flags["tags"]["variant"], "off");
}

#[test]
fn what_nobody_confirms_is_stale() {
    let body = json!({ "context": { "units": { "user": true }, "attributes": { "age": 3 } } });
    let body = body.to_string();
    let expired = Evaluator::load(&envelope(Audience::Server, NOW - 1)).unwrap();
    let valid = Evaluator::load(&envelope(Audience::Server, NOW)).unwrap();
    for (evaluator, is_told_stale, is_stale) in [
        (&expired, false, true),
        (&expired, true, true),
        (&valid, true, true),
        (&valid, false, false),
    ] {
        let question = Question {
            is_stale: is_told_stale,
            ..from_server(&body)
        };
        assert_eq!(evaluator.answer(&question).unwrap().is_stale, is_stale);
        let given = answer(evaluator, &question);
        assert_eq!(given.get("stale"), is_stale.then_some(&json!(true)));
        let reason = if is_stale { "STALE" } else { "DEFAULT" };
        assert_eq!(given["flags"]["tags"]["reason"], reason);
        assert_eq!(given["flags"]["split"]["error"], "INVALID_CONTEXT");
        assert_eq!(given["flags"]["split"]["reason"], "ERROR");
        assert_eq!(given["flags"]["object"]["detail"], "killed");
    }
}

/// Bodies with what is wrong with them, and where.
const NO_QUESTIONS: [(&str, FailureKind, Option<&str>); 15] = {
    use FailureKind::{InvalidBody as Body, InvalidJson as Json};
    const UNITS: Option<&str> = Some("/context/units");
    const ATTRIBUTES: Option<&str> = Some("/context/attributes");
    const FLAGS: Option<&str> = Some("/flags");
    [
        ("", Json, None),
        ("{", Json, None),
        ("{} {}", Json, None),
        (r#"{"context":{"attributes":{"age":1e999}}}"#, Json, None),
        ("[]", Body, Some("")),
        ("{}", Body, Some("/context")),
        (r#"{"context":null}"#, Body, Some("/context")),
        (r#"{"context":{},"context":{}}"#, Body, Some("/context")),
        (r#"{"context":{"units":"u1"}}"#, Body, UNITS),
        (r#"{"context":{"units":{},"units":{}}}"#, Body, UNITS),
        (r#"{"context":{"attributes":[1]}}"#, Body, ATTRIBUTES),
        (
            r#"{"context":{"attributes":{"age":1,"age":2}}}"#,
            Body,
            ATTRIBUTES,
        ),
        (r#"{"context":{"groups":7}}"#, Body, Some("/context/groups")),
        (r#"{"context":{},"flags":"x"}"#, Body, FLAGS),
        (r#"{"context":{},"flags":[1]}"#, Body, FLAGS),
    ]
};

#[test]
fn bodies_that_are_no_question_are_refused_with_a_place() {
    let evaluator = evaluator();
    for (body, kind, path) in NO_QUESTIONS {
        let failure = evaluator.answer(&from_server(body)).unwrap_err();
        assert_eq!((failure.kind(), failure.path()), (kind, path), "{body}");
    }
    // What failed leaves nothing behind.
    let body = r#"{"context":{"attributes":{"age":20}}}"#;
    let given = answer(&evaluator, &from_server(body));
    assert_eq!(given["flags"]["text"]["rule"], "grün");
    let given = answer(&evaluator, &from_server(r#"{"context":{}}"#));
    assert_eq!(given["flags"]["text"]["variant"], "b");
}

#[test]
fn absurd_bodies_are_refused() {
    let evaluator = evaluator();
    let deep = "[".repeat(1_000);
    let deep = format!(r#"{{"context":{{"attributes":{{"age":{deep}}}}}}}"#);
    let keys: Vec<String> = (0..=1_000).map(|n| format!("flag-{n}")).collect();
    let many = json!({ "context": {}, "flags": keys }).to_string();
    let garbled = b"{\"context\":{\"units\":{\"user\":\"\xff\"}}}";
    for (body, kind) in [
        (deep.as_bytes(), FailureKind::InvalidJson),
        (many.as_bytes(), FailureKind::InvalidBody),
        (garbled, FailureKind::InvalidUtf8),
    ] {
        let question = Question {
            body,
            ..from_server("")
        };
        assert_eq!(evaluator.answer(&question).unwrap_err().kind(), kind);
    }
}

#[test]
fn damaged_snapshots_are_refused() {
    let whole = envelope(Audience::Server, 0);
    assert!(Evaluator::load(&whole[..whole.len() - 1]).is_err());
    assert!(Evaluator::load(b"").is_err());
    let mut flipped = whole;
    if let Some(last) = flipped.last_mut() {
        *last ^= 1;
    }
    assert!(Evaluator::load(&flipped).is_err());
}

#[test]
fn kills_come_before_the_snapshot_that_says_so() {
    let evaluator = evaluator();
    let delta = |flag: &str, killed, revision| KillDelta {
        environment: "env_test".into(),
        revision,
        flag: flag.into(),
        killed,
        key_id: String::new(),
        signature: String::new(),
    };
    let body = r#"{"context":{"attributes":{"age":20}},"flags":["text","object"]}"#;
    let variants = || {
        let flags = answer(&evaluator, &from_server(body))["flags"].clone();
        ["text", "object"].map(|key| flags[key]["variant"].as_str().map(str::to_owned))
    };
    let are = |text: &str, object: &str| [Some(text.to_owned()), Some(object.to_owned())];
    assert_eq!(variants(), are("a", "b"));
    // One that the snapshot knows already, and one of a flag that it lacks, change nothing.
    evaluator.kill(&[delta("text", true, 7), delta("ghost", true, 8)]);
    assert_eq!(variants(), are("a", "b"));
    // Those of several flags may come in any order.
    evaluator.kill(&[delta("object", false, 10)]);
    assert_eq!(variants(), are("a", "a"));
    evaluator.kill(&[delta("text", true, 9)]);
    assert_eq!(variants(), are("b", "a"));
    evaluator.kill(&[delta("text", false, 9)]);
    assert_eq!(variants(), are("b", "a"));
    evaluator.kill(&[delta("text", true, 9), delta("text", false, 11)]);
    assert_eq!(variants(), are("a", "a"));
    assert_eq!(evaluator.revision(), 7);
}

#[test]
fn other_dialects_see_the_text_of_numbers() {
    let on_when = |value: Value| {
        json!({ "type": "boolean", "variants": { "on": true, "off": false }, "off": "off",
            "dialect": { "text_cast": "json", "number_cast": "parse" },
            "rules": [{ "id": "r1", "when": value, "outcome": { "variant": "on" } }],
            "fallthrough": { "variant": "off" } })
    };
    let eq = |value: &str| on_when(json!({ "attribute": "n", "op": "eq", "value": value }));
    let ruleset = json!({ "schema": 1, "environment": "env_test", "flags": {
        "one": eq("1"), "one.0": eq("1.0"), "array": eq("[1.0,{\"a\":2,\"b\":1}]"),
        "above": on_when(json!({ "attribute": "t", "op": "gt", "value": "-inf" })) } });
    let compiled = compile(&parse(&ruleset.to_string()).unwrap(), Audience::Server).unwrap();
    let header = Header {
        environment: "env_test".into(),
        revision: 1,
        issued_ms: NOW - 1,
        expires_ms: 0,
        key_id: [0; 8],
    };
    let envelope = seal(&header, &compiled.plan, |_| [0; 64]).unwrap();
    let evaluator = Evaluator::load(&envelope).unwrap();
    let on = |attributes: &str| -> Vec<String> {
        let body = format!(r#"{{"context":{{"attributes":{attributes}}}}}"#);
        let answer = answer(&evaluator, &from_server(&body));
        let flags = answer["flags"].as_object().unwrap();
        let on = flags.iter().filter(|(_, flag)| flag["value"] == true);
        on.map(|(key, _)| key.clone()).collect()
    };
    assert_eq!(on(r#"{"n":1}"#), ["one"]);
    assert_eq!(on(r#"{"n":1.0,"t":"nan"}"#), ["one.0"]);
    assert_eq!(
        on(r#"{"n":[1.0,{"b":1,"a":2}],"t":"1e400"}"#),
        ["above", "array"]
    );
}
