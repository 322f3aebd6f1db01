use pennon_ruleset::{Audience, Limits, Place, Report, check, compile, explain, parse};
use serde_json::{Value, json};

/// One case of `checks.json`: fields laid over a small valid ruleset, and every problem they cause.
fn check_case(case: &Value) {
    let name = case["name"].as_str().unwrap();
    let mut ruleset = json!({
        "schema": 1, "environment": "env_test",
        "attributes": {
            "country": { "type": "string" }, "age": { "type": "number" }, "premium": { "type": "boolean" },
            "signup": { "type": "date" }, "version": { "type": "semver" }, "address": { "type": "object" },
            "email": { "type": "string", "class": "private" }, "score": { "type": "number", "known_at": "server" },
        },
        "groups": { "company": { "attributes": { "plan": { "type": "string" } } } },
        "segments": { "nordic": { "when": { "attribute": "country", "op": "in", "value": ["SE", "NO"] } } },
        "lists": { "beta": { "values": ["u1"] } },
        "flags": {
            "f": { "type": "boolean", "variants": { "on": true, "off": false } },
            "other": { "type": "string", "variants": { "a": "A", "b": "B" } },
            "hidden": { "type": "boolean", "variants": { "on": true }, "client": false },
        },
    });
    if let Some(when) = case.get("when") {
        ruleset["flags"]["f"]["rules"] =
            json!([{ "id": "r1", "when": when, "outcome": { "variant": "on" } }]);
    }
    if let Some(rule) = case.get("rule") {
        let mut whole = json!({ "id": "r1", "outcome": { "variant": "on" } });
        lay_over(&mut whole, rule);
        ruleset["flags"]["f"]["rules"] = json!([whole]);
    }
    for field in ["flag", "ruleset"] {
        if let Some(fields) = case.get(field) {
            let place = if field == "flag" {
                &mut ruleset["flags"]["f"]
            } else {
                &mut ruleset
            };
            lay_over(place, fields);
        }
    }
    let report = match parse(&ruleset.to_string()) {
        Ok(ruleset) => check(&ruleset, &limits(case)),
        Err(report) => report,
    };
    assert_eq!(found(&report), expected(case), "{name}: {report:#?}");
    for problem in &report.problems {
        assert!(!problem.help.is_empty(), "{name}: {problem:?}");
        let first = problem.message.chars().next().unwrap();
        assert!(
            !first.is_uppercase() && !problem.message.ends_with('.'),
            "{name}: {problem:?}"
        );
        assert!(!problem.message.contains('\n'), "{name}: {problem:?}");
    }
    for part in case
        .get("says")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let part = part.as_str().unwrap();
        assert!(
            report.to_string().contains(part),
            "{name}: `{part}` is not said in: {report}"
        );
    }
}

fn limits(case: &Value) -> Limits {
    let mut limits = Limits::default();
    let set = |name: &str| {
        case["limits"][name]
            .as_u64()
            .map(|n| usize::try_from(n).unwrap())
    };
    limits.flags = set("flags").unwrap_or(limits.flags);
    limits.rules = set("rules").unwrap_or(limits.rules);
    limits.nesting = set("nesting").unwrap_or(limits.nesting);
    limits.flag_bytes = set("flag_bytes").unwrap_or(limits.flag_bytes);
    limits
}

fn found(report: &Report) -> Vec<String> {
    let one = |problem: &pennon_ruleset::Problem| {
        let problem = serde_json::to_value(problem).unwrap();
        let text = |name: &str| problem[name].as_str().unwrap().to_owned();
        format!("{} {} {}", text("severity"), text("code"), text("path"))
    };
    report.problems.iter().map(one).collect()
}

fn expected(case: &Value) -> Vec<String> {
    let problems = case["problems"].as_array().unwrap();
    problems
        .iter()
        .map(|problem| problem.as_str().unwrap().to_owned())
        .collect()
}

/// Puts fields into an object, going down where both sides are objects; `null` takes a field away.
fn lay_over(place: &mut Value, fields: &Value) {
    for (name, field) in fields.as_object().unwrap() {
        match place.get_mut(name) {
            Some(inner) if inner.is_object() && field.is_object() => lay_over(inner, field),
            _ if field.is_null() => {
                place.as_object_mut().unwrap().remove(name);
            }
            _ => place[name] = field.clone(),
        }
    }
}

#[test]
fn every_check_says_what_its_case_says() {
    let cases: Value = serde_json::from_str(include_str!("checks.json")).unwrap();
    for case in cases.as_array().unwrap() {
        check_case(case);
    }
}

#[test]
fn a_field_that_occurs_twice_is_named_with_its_escaped_path() {
    let text = r#"{ "schema": 1, "environment": "e", "flags": { "a/b~c": { "type": "boolean",
        "variants": {}, "enabled": true, "enabled": false } } }"#;
    let report = parse(text).unwrap_err();
    assert_eq!(
        found(&report),
        ["error duplicate-key /flags/a~1b~0c/enabled"]
    );
}

#[test]
fn a_chain_of_prerequisites_too_long_for_the_evaluator_is_refused() {
    let mut flags = serde_json::Map::new();
    for i in 0..100 {
        let demands = if i == 0 {
            json!([])
        } else {
            json!([{ "flag": format!("f{:03}", i - 1) }])
        };
        let flag =
            json!({ "type": "boolean", "variants": { "on": true }, "prerequisites": demands });
        flags.insert(format!("f{i:03}"), flag);
    }
    let ruleset = json!({ "schema": 1, "environment": "e", "flags": flags });
    let report = check(&parse(&ruleset.to_string()).unwrap(), &Limits::default());
    assert_eq!(found(&report), ["error limit /flags/f064"]);
}

#[test]
fn an_environment_has_at_most_5_000_flags() {
    for (n, expected) in [(5_000, vec![]), (5_001, vec!["error limit /flags"])] {
        let flags: serde_json::Map<String, Value> = (0..n)
            .map(|i| {
                (
                    format!("flag-{i}"),
                    json!({ "type": "boolean", "variants": {} }),
                )
            })
            .collect();
        let ruleset = json!({ "schema": 1, "environment": "e", "flags": flags });
        let report = check(&parse(&ruleset.to_string()).unwrap(), &Limits::default());
        assert_eq!(found(&report), expected);
    }
}

#[test]
fn a_large_ruleset_is_checked_in_time() {
    let mut flags = serde_json::Map::new();
    for i in 0..5_000 {
        flags.insert(
            format!("flag-{i}"),
            json!({ "type": "boolean", "variants": { "on": true },
            "rules": [{ "id": "r1", "when": { "attribute": "country", "op": "eq", "value": "SE" },
                "outcome": { "variant": "on" } }] }),
        );
    }
    let ruleset = json!({ "schema": 1, "environment": "e", "flags": flags });
    assert_eq!(
        check(&parse(&ruleset.to_string()).unwrap(), &Limits::default()),
        Report::default()
    );
}

/// A short ruleset whose last segment has 20^7 parts when it is spelt out.
fn wide_segments() -> Value {
    let mut segments = serde_json::Map::new();
    let first = json!({ "attribute": "email", "op": "exists" });
    segments.insert("s0".to_owned(), json!({ "when": first }));
    for level in 1..8 {
        let inner = format!("s{}", level - 1);
        let part = |n| json!({ "all": [{ "segment": inner }, { "attribute": "age", "op": "gt", "value": n }] });
        let parts: Vec<Value> = (0..20).map(part).collect();
        segments.insert(format!("s{level}"), json!({ "when": { "any": parts } }));
    }
    json!({ "schema": 1, "environment": "env_test", "segments": segments,
        "attributes": { "email": { "class": "private" }, "age": { "type": "number" } },
        "flags": { "f": { "type": "boolean", "variants": { "on": true }, "rules": [
            { "id": "r1", "when": { "segment": "s7" }, "outcome": { "variant": "on" } }] } } })
}

#[test]
fn segments_in_segments_are_told_once() {
    let ruleset = parse(&wide_segments().to_string()).unwrap();
    let report = check(&ruleset, &Limits::default());
    let messages: Vec<&str> = report
        .problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect();
    assert_eq!(
        messages,
        ["a browser cannot decide this: segment `s7`: the attribute `email` is private"]
    );
    let compiled = compile(&ruleset, Audience::Server).unwrap();
    let context = json!({ "attributes": { "age": 50 } });
    let told = explain(&compiled.plan, None, &context, "f", 0.0, Place::Server).unwrap();
    assert!(told.sentences.len() < 20_000);
}

#[test]
fn long_and_many_wrong_names_are_told_soon() {
    let start = std::time::Instant::now();
    let [right, wrong] = ["x", "y"].map(|letter| letter.repeat(400_000));
    let many: Vec<Value> = (0..20_000)
        .map(|n| json!({ "segment": format!("wrong-{n}") }))
        .collect();
    let segments: serde_json::Map<String, Value> = (0..2_000)
        .map(|n| (format!("right-{n}"), json!({ "when": { "all": [] } })))
        .collect();
    let ruleset = json!({ "schema": 1, "environment": "env_test", "segments": segments, "flags": {
        "long": { "type": "boolean", "variants": { right: true }, "off": wrong },
        "many": { "type": "boolean", "variants": { "on": true }, "rules": [
            { "id": "r1", "when": { "any": many }, "outcome": { "variant": "on" } }] } } });
    let ruleset = parse(&ruleset.to_string()).unwrap();
    let report = check(&ruleset, &Limits::default());
    assert_eq!(report.problems.len(), 20_001);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
