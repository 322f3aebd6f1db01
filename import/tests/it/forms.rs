use pennon_import::posthog::{Options, import};
use pennon_import::{Grade, Graded};
use serde_json::{Value, json};

fn grades(definitions: &Value) -> Vec<Graded> {
    let options = Options {
        environment: "env_test".to_owned(),
    };
    import(&definitions.to_string(), &options).unwrap().grades
}

fn flag(filters: Value) -> Value {
    json!({ "id": 1, "key": "f", "active": true, "filters": filters })
}

fn graded(filters: Value) -> Graded {
    grades(&json!({ "flags": [flag(filters)] })).remove(0)
}

#[test]
fn definitions_come_in_several_forms() {
    let one = flag(json!({ "groups": [] }));
    let forms = [
        json!({ "flags": [one] }),
        json!({ "count": 1, "results": [one] }),
        json!({ "feature_flags": [one], "group_types": [{ "group_type_index": 0, "group_type": "company" }] }),
        json!([one]),
        one.clone(),
    ];
    for form in forms {
        assert_eq!(grades(&form)[0].grade, Grade::Exact, "{form}");
    }
}

#[test]
fn what_is_no_definition_is_an_error() {
    let options = Options {
        environment: "env_test".to_owned(),
    };
    for text in [
        "",
        "{",
        "7",
        "{}",
        r#"{"flags":{}}"#,
        r#"{"flags":[],"flags":[]}"#,
    ] {
        assert!(import(text, &options).is_err(), "{text}");
    }
}

#[test]
fn cohorts_come_as_groups_or_as_rows() {
    let filters = json!({ "groups": [{ "properties": [{ "type": "cohort", "value": 4 }] }] });
    let group = json!({ "type": "AND", "values": [{ "key": "a", "value": 1 }] });
    let row = json!({ "id": 4, "name": "Four", "filters": { "properties": group } });
    for cohorts in [json!({ "4": group }), json!([row])] {
        let all = grades(&json!({ "flags": [flag(filters.clone())], "cohorts": cohorts }));
        assert_eq!(all[0].grade, Grade::Exact, "{cohorts}");
    }
    let list = json!([{ "id": 4, "is_static": true }]);
    let all = grades(&json!({ "flags": [flag(filters)], "cohorts": list }));
    assert_eq!(all[0].grade, Grade::Partial);
}

#[test]
fn a_flag_is_graded_by_what_it_asks() {
    let property = |filter: Value| json!({ "groups": [{ "properties": [filter] }] });
    let cases = [
        (property(json!({ "key": "a", "value": "b" })), Grade::Exact),
        (
            property(
                json!({ "key": "created_at", "type": "person_metadata", "operator": "is_set" }),
            ),
            Grade::ExactWithOption,
        ),
        (
            property(json!({ "key": "a", "operator": "wat", "value": "b" })),
            Grade::Partial,
        ),
        (
            property(json!({ "key": "a", "operator": "regex", "value": "?*" })),
            Grade::Exact,
        ),
        (
            property(json!({ "key": "a", "operator": "regex", "value": "\\p{Foo}" })),
            Grade::Partial,
        ),
        (
            property(json!({ "key": "id", "type": "cohort", "value": 9 })),
            Grade::Partial,
        ),
        (
            property(json!({ "key": "g", "type": "flag", "value": true })),
            Grade::Exact,
        ),
        (
            json!({ "groups": [{ "aggregation_group_type_index": 3 }] }),
            Grade::Partial,
        ),
        (
            json!({ "version": 2, "return_type": "boolean", "default_value": null, "rules": [] }),
            Grade::Exact,
        ),
        (
            json!({ "version": 2, "return_type": "boolean", "default_value": null, "rules": [{ "rule_type": "magic" }] }),
            Grade::Refused,
        ),
        (json!({ "version": 3 }), Grade::Refused),
        (
            json!({ "multivariate": { "variants": [{ "key": "", "rollout_percentage": 1 }] } }),
            Grade::Refused,
        ),
    ];
    for (filters, expected) in cases {
        let graded = graded(filters.clone());
        assert_eq!(graded.grade, expected, "{filters}: {:?}", graded.reasons);
        assert!(
            expected == Grade::Exact || !graded.reasons.is_empty(),
            "{filters}"
        );
    }
}

#[test]
fn a_refused_flag_breaks_those_that_ask_for_it() {
    let asks = json!({ "groups": [{ "properties": [{ "key": "bad", "type": "flag",
        "operator": "flag_evaluates_to", "value": true, "dependency_chain": ["bad"] }] }] });
    let bad = json!({ "id": 2, "key": "bad", "active": true,
        "filters": { "multivariate": { "variants": [{ "key": "", "rollout_percentage": 1 }] } } });
    let all = grades(&json!({ "flags": [flag(asks), bad] }));
    assert_eq!(all[1].grade, Grade::Refused);
    assert!(
        all[0].reasons[0].contains("missing, refused"),
        "{:?}",
        all[0]
    );
    let twice = grades(&json!([flag(json!({})), flag(json!({}))]));
    assert_eq!(twice[1].grade, Grade::Refused);
}
