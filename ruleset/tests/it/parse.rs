use pennon_ruleset::{Limits, check, parse};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Every place of the format, each object with a field that no version knows.
fn everything() -> Value {
    serde_json::from_str(include_str!("everything.json")).unwrap()
}

#[test]
fn printing_gives_back_what_was_read() {
    let text = everything().to_string();
    let ruleset = parse(&text).unwrap();
    let printed = serde_json::to_value(&ruleset).unwrap();
    assert_eq!(printed, everything());
    assert_eq!(parse(&printed.to_string()).unwrap(), ruleset);
}

#[test]
fn every_object_of_the_model_keeps_unknown_fields() {
    // An object that lost its `x` would be missed by eye, so the test adds one everywhere.
    fn mark(value: &mut Value, path: &str) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields.iter_mut() {
                    let is_value = name == "value" && field.get("op").is_none();
                    if !is_value && name != "program" && name != "x" {
                        mark(field, name);
                    }
                }
                let is_map = matches!(
                    path,
                    "attributes" | "segments" | "lists" | "flags" | "groups" | "variants"
                );
                if !is_map {
                    fields.insert("unknown-to-all".to_owned(), json!([1, { "deep": null }]));
                }
            }
            Value::Array(elements) => elements.iter_mut().for_each(|element| mark(element, "")),
            _ => {}
        }
    }
    let mut marked = everything();
    mark(&mut marked, "");
    let printed = serde_json::to_value(parse(&marked.to_string()).unwrap()).unwrap();
    assert_eq!(printed, marked);
}

#[test]
fn deep_json_is_an_error_and_no_overflow() {
    let deep = "[".repeat(200_000);
    assert!(parse(&deep).unwrap_err().has_errors());
    let conditions = format!("{}{}", r#"{"not":"#.repeat(120), r#"{"all":[]}"#) + &"}".repeat(120);
    let text = format!(
        r#"{{"schema":1,"environment":"e","segments":{{"s":{{"when":{conditions}}}}},"flags":{{}}}}"#
    );
    assert!(check(&parse(&text).unwrap(), &Limits::default()).has_errors());
}

/// JSON made of the format's own words, so that much of it gets past the shape check.
fn wordy_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "schema",
        "environment",
        "flags",
        "f",
        "type",
        "boolean",
        "variants",
        "on",
        "rules",
        "id",
        "when",
        "all",
        "not",
        "attribute",
        "op",
        "eq",
        "in",
        "value",
        "segment",
        "segments",
        "s",
        "flag",
        "is",
        "prerequisites",
        "outcome",
        "variant",
        "distribution",
        "ranges",
        "from",
        "to",
        "split",
        "hash",
        "salt",
        "list",
        "lists",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2_i64..20_000).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..6).prop_map(|fields| {
                Value::Object(
                    fields
                        .into_iter()
                        .map(|(name, field)| (name.to_owned(), field))
                        .collect(),
                )
            }),
        ]
    })
}

/// The complete ruleset with one value somewhere replaced.
fn damaged() -> impl Strategy<Value = Value> {
    (any::<prop::sample::Index>(), wordy_json()).prop_map(|(index, other)| {
        let mut ruleset = everything();
        let mut pointers = Vec::new();
        collect(&ruleset, String::new(), &mut pointers);
        let pointer = index.get(&pointers);
        *ruleset.pointer_mut(pointer).unwrap() = other;
        ruleset
    })
}

fn collect(value: &Value, path: String, pointers: &mut Vec<String>) {
    let empty = Map::new();
    for (name, field) in value.as_object().unwrap_or(&empty) {
        collect(
            field,
            format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")),
            pointers,
        );
    }
    for (i, element) in value.as_array().into_iter().flatten().enumerate() {
        collect(element, format!("{path}/{i}"), pointers);
    }
    pointers.push(path);
}

/// Whatever is said, it names places that exist, and nothing panics.
fn says_something_sensible(value: &Value) -> Result<(), TestCaseError> {
    let text = value.to_string();
    let report = match parse(&text) {
        Ok(ruleset) => {
            let printed = serde_json::to_string(&ruleset).unwrap();
            prop_assert_eq!(&parse(&printed).unwrap(), &ruleset);
            let report = check(&ruleset, &Limits::default());
            if !report.has_errors() {
                prop_assert!(
                    pennon_ruleset::compile(&ruleset, pennon_ruleset::Audience::Public).is_ok()
                );
                prop_assert!(
                    pennon_ruleset::compile(&ruleset, pennon_ruleset::Audience::Server).is_ok()
                );
            }
            report
        }
        Err(report) => {
            // What the schema check lets pass, the model reads: serde's own words mean that it does not.
            for problem in &report.problems {
                prop_assert!(
                    problem.help != "compare it with the schema",
                    "{}: {:?}",
                    text,
                    problem
                );
            }
            report
        }
    };
    for problem in &report.problems {
        let parent = problem
            .path
            .rsplit_once('/')
            .map_or("", |(parent, _)| parent);
        prop_assert!(value.pointer(parent).is_some(), "{}: {:?}", text, problem);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_json_panics(value in wordy_json()) {
        says_something_sensible(&value)?;
    }

    #[test]
    fn no_damage_panics(value in damaged()) {
        says_something_sensible(&value)?;
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let _ = parse(&text);
    }
}
