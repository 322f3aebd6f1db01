use pennon_ruleset::{Audience, Decider, Limits, Place, check, compile, parse};
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../../docs/ruleset-format.md");

/// The code blocks of the page, as what they are and their text.
fn examples() -> Vec<(&'static str, &'static str)> {
    PAGE.split("\n```json ")
        .skip(1)
        .map(|block| {
            let (kind, rest) = block.split_once('\n').unwrap();
            (kind, rest.split_once("\n```").unwrap().0)
        })
        .collect()
}

/// A ruleset around an example, with everything that the page's examples refer to.
fn around(kind: &str, example: &Value) -> Value {
    let mut ruleset = json!({ "schema": 1, "environment": "env_docs",
        "segments": { "staff": { "when": { "all": [] } } }, "lists": { "beta": { "values": ["u1"] } },
        "flags": {
            "f": { "type": "boolean", "variants": { "on": true, "off": false } },
            "shop": { "type": "boolean", "variants": { "on": true } },
            "theme": { "type": "string", "variants": { "dark": "d" } },
            "limit": { "type": "number", "variants": { "many": 20 } } } });
    let flag = &mut ruleset["flags"]["f"];
    match kind {
        "flag" => *flag = example.clone(),
        "rule" => flag["rules"] = json!([example]),
        "condition" => {
            flag["rules"] = json!([{ "id": "r", "when": example, "outcome": { "variant": "on" } }]);
        }
        other => panic!("no example is a {other}"),
    }
    ruleset
}

#[test]
fn every_example_of_the_page_is_accepted_without_a_word() {
    let mut contexts = Vec::new();
    let mut rulesets = Vec::new();
    for (kind, text) in examples() {
        let example: Value = serde_json::from_str(text).unwrap();
        match kind {
            "context" => contexts.push(example),
            "ruleset" => rulesets.push(example),
            kind => rulesets.push(around(kind, &example)),
        }
    }
    assert!(rulesets.len() > 8 && contexts.len() == 1);
    for (i, ruleset) in rulesets.iter().enumerate() {
        let parsed = parse(&ruleset.to_string()).unwrap();
        let report = check(&parsed, &Limits::default());
        // Only the first, whole example shows what makes a browser ask.
        assert!(i == 0 || report.problems.is_empty(), "{ruleset}: {report}");
        let decider = Decider::load(&compile(&parsed, Audience::Server).unwrap().plan).unwrap();
        assert!(
            !decider
                .decide_all(&contexts[0], 0.0, Place::Server)
                .is_empty()
        );
    }
}

#[test]
fn the_page_names_every_operator_and_every_code() {
    for operator in pennon_ruleset::model::Operator::ALL {
        assert!(
            PAGE.contains(&format!("`{}`", operator.word())),
            "{operator:?}"
        );
    }
    // Codes are what the cases of the checks expect.
    let cases: Value = serde_json::from_str(include_str!("checks.json")).unwrap();
    for problem in cases
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|case| case["problems"].as_array().unwrap())
    {
        let code = problem.as_str().unwrap().split(' ').nth(1).unwrap();
        assert!(PAGE.contains(&format!("`{code}`")), "{code}");
    }
}

/// Ranges and what the page says they mean, decided alike for many versions.
#[test]
fn ranges_mean_what_the_table_says() {
    let cases = [
        ("1.2", ">=1.2.0 <1.3.0-0"),
        ("1.2.x", ">=1.2.0 <1.3.0-0"),
        ("1.*", ">=1.0.0 <2.0.0-0"),
        ("*", ">=0.0.0-0"),
        ("", ">=0.0.0-0"),
        ("^1.2.3", ">=1.2.3 <2.0.0-0"),
        ("^0.2.3", ">=0.2.3 <0.3.0-0"),
        ("^0.0.3", ">=0.0.3 <0.0.4-0"),
        ("^0", ">=0.0.0 <1.0.0-0"),
        ("^1.x", ">=1.0.0 <2.0.0-0"),
        ("~1.2.3", ">=1.2.3 <1.3.0-0"),
        ("~1", ">=1.0.0 <2.0.0-0"),
        (">1.2", ">=1.3.0"),
        ("<=1.2", "<1.3.0-0"),
        ("<1.2", "<1.2.0-0"),
        (">= 1.2.3", ">=1.2.3"),
        ("1.2.3 - 2.1", ">=1.2.3 <2.2.0-0"),
        ("1.2.3 - 2.1.0", ">=1.2.3 <=2.1.0"),
        ("=1.2.3", ">=1.2.3 <=1.2.3"),
        (">*", "<0.0.0-0"),
    ];
    let versions = [
        "0.0.0-0", "0.0.0", "0.0.3", "0.0.4-rc", "0.2.3", "0.3.0-0", "1.0.0-rc", "1.0.0",
        "1.2.0-0", "1.2.0", "1.2.3", "1.2.3-a", "1.2.4", "1.3.0-0", "1.3.0", "2.0.0-0", "2.0.0",
        "2.1.0", "2.1.7", "2.2.0-0", "3.0.0", "10.0.0",
    ];
    let holds = |range: &str, version: &str| {
        let when = json!({ "attribute": "v", "op": "semver_range", "value": range });
        let ruleset = around("condition", &when);
        let compiled = compile(&parse(&ruleset.to_string()).unwrap(), Audience::Public).unwrap();
        let context = json!({ "attributes": { "v": version } });
        let details =
            Decider::load(&compiled.plan)
                .unwrap()
                .decide(&context, "f", 0.0, Place::Client);
        details.variant.is_some()
    };
    for (range, meaning) in cases {
        for version in versions {
            assert_eq!(
                holds(range, version),
                holds(meaning, version),
                "{range} for {version}"
            );
        }
    }
    assert!(holds("<2.0.0", "2.0.0-rc.1") && !holds("^1.2", "2.0.0-rc.1"));
    assert!(!holds("*", "no version") && !holds("*", "1.2"));
}
