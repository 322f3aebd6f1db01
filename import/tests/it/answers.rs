use pennon_import::posthog::{Flags, Mode, Options, Request, import};
use serde_json::{Value, json};

fn answer(definitions: &Value, key: &str, request: &Value, mode: Mode) -> Value {
    let options = Options {
        environment: "env_test".to_owned(),
    };
    let ruleset = import(&definitions.to_string(), &options).unwrap().ruleset;
    let flags = Flags::new(&ruleset).unwrap();
    let answers = flags.answers(Request::new(request), mode, 0.0);
    serde_json::to_value(&answers[key]).unwrap()
}

fn one(filters: Value, request: Value) -> Value {
    let definitions = json!({ "flags": [{ "id": 1, "key": "f", "active": true, "filters": filters }],
        "group_type_mapping": { "0": "company" } });
    answer(&definitions, "f", &request, Mode::Complete)
}

#[test]
fn holdouts_and_early_access_of_the_old_form_are_translated() {
    let held = json!({ "groups": [{}],
        "holdout_groups": [{ "properties": [], "rollout_percentage": 100, "variant": "holdout-7" }] });
    let found = one(held, json!({ "distinct_id": "u" }));
    assert_eq!(
        (&found["value"], &found["reason"]),
        (&json!("holdout-7"), &json!("holdout_condition_value"))
    );
    let early = json!({ "groups": [{ "rollout_percentage": 0 }], "super_groups": [{ "properties":
        [{ "key": "$feature_enrollment/f", "type": "person", "operator": "exact", "value": ["true"] }] }] });
    for (chosen, expected) in [(json!(true), true), (json!("false"), false)] {
        let request =
            json!({ "distinct_id": "u", "person_properties": { "$feature_enrollment/f": chosen } });
        let found = one(early.clone(), request);
        assert_eq!(
            (&found["value"], &found["reason"]),
            (&json!(expected), &json!("super_condition_value"))
        );
    }
    let found = one(early, json!({ "distinct_id": "u" }));
    assert_eq!(found["reason"], "out_of_rollout_bound");
}

#[test]
fn contexts_and_runtimes_leave_flags_out() {
    let definitions = json!({ "flags": [
        { "id": 1, "key": "web", "active": true, "evaluation_contexts": ["web", "a\"b"], "filters": { "groups": [{}] } },
        { "id": 2, "key": "client", "active": true, "evaluation_runtime": "client", "filters": { "groups": [{}] } },
        { "id": 3, "key": "asks", "active": true, "filters": { "groups": [{ "properties": [{ "key": "web",
            "type": "flag", "operator": "flag_evaluates_to", "value": false, "dependency_chain": ["web"] }] }] } }] });
    let value = |key: &str, more: Value| {
        let mut request = json!({ "distinct_id": "u" });
        request
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let found = answer(&definitions, key, &request, Mode::Complete);
        (
            found["value"].clone(),
            found["omitted_from_remote_response"] == true,
        )
    };
    assert_eq!(value("web", json!({})), (json!(true), false));
    assert_eq!(
        value("web", json!({ "evaluation_contexts": [] })),
        (json!(true), false)
    );
    assert_eq!(
        value("web", json!({ "evaluation_contexts": ["ios", "web"] })),
        (json!(true), false)
    );
    assert_eq!(
        value("web", json!({ "evaluation_contexts": ["a\"b"] })),
        (json!(true), false)
    );
    assert_eq!(
        value("web", json!({ "evaluation_contexts": ["Web", "webb"] })),
        (json!(false), true)
    );
    assert_eq!(
        value("asks", json!({ "evaluation_contexts": ["ios"] })),
        (json!(true), false)
    );
    assert_eq!(
        value("client", json!({ "evaluation_runtime": "client" })),
        (json!(true), false)
    );
    assert_eq!(
        value("client", json!({ "evaluation_runtime": "all" })),
        (json!(true), false)
    );
    assert_eq!(
        value("client", json!({ "evaluation_runtime": "server" })),
        (json!(false), true)
    );
}

#[test]
fn properties_are_filled_in_by_the_service_only() {
    let filters = json!({ "groups": [{ "properties": [
        { "key": "$initial_utm_source", "operator": "exact", "value": "ad" },
        { "key": "$os_name", "operator": "exact", "value": "iOS" }] }] });
    let definitions = json!([{ "id": 1, "key": "f", "active": true, "filters": filters }]);
    let request =
        json!({ "distinct_id": "u", "person_properties": { "utm_source": "ad", "$os": "iOS" } });
    assert_eq!(
        answer(&definitions, "f", &request, Mode::Complete)["value"],
        true
    );
    assert_eq!(
        answer(&definitions, "f", &request, Mode::Local)["reason"],
        "missing_context"
    );
}

#[test]
fn a_long_id_is_cut_after_200_letters() {
    let filters = json!({ "groups": [{ "properties": [
        { "key": "distinct_id", "operator": "exact", "value": "å".repeat(200) }] }] });
    let found = one(filters, json!({ "distinct_id": "å".repeat(201) }));
    assert_eq!(found["value"], true);
}

#[test]
fn a_group_type_may_be_called_as_a_unit_of_ours() {
    let definitions = json!({ "flags": [{ "id": 1, "key": "f", "active": true, "filters": {
        "aggregation_group_type_index": 0, "groups": [{}] } }], "group_type_mapping": { "0": "user" } });
    let value = |groups: Value| {
        let request = json!({ "distinct_id": "u", "groups": groups });
        answer(&definitions, "f", &request, Mode::Complete)
    };
    assert_eq!(value(json!({}))["reason"], "no_group_type");
    assert_eq!(value(json!({ "user": "g" }))["value"], true);
}

#[test]
fn config_version_2_names_what_failed() {
    let rule = |filter: Value| {
        json!({ "version": 2, "return_type": "number", "default_value": 1.5, "aggregation_group_type_index": 0,
            "rules": [{ "id": "a", "rule_type": "targeted_release", "value": 2, "targeting": { "properties": [filter] } }] })
    };
    let request = json!({ "distinct_id": "u", "groups": { "company": "acme" }, "person_properties": { "n": "x", "v": "2" } });
    let filter = |operator: &str, key: &str, value: Value| json!({ "key": key, "operator": operator, "value": value });
    let ask = |filter: Value| one(rule(filter), request.clone());
    assert_eq!(ask(filter("gt", "v", json!(1)))["value"], 2);
    assert_eq!(
        ask(filter("gt", "n", json!(1)))["error"],
        "invalid_property"
    );
    assert_eq!(
        ask(filter("regex", "v", json!("?*")))["error"],
        "invalid_regex"
    );
    assert_eq!(
        ask(filter("between", "n", json!([1, 2])))["reason"],
        "no_rule_match"
    );
    assert_eq!(ask(filter("exact", "v", json!(null)))["value"], 1.5);
    let nobody = json!({ "distinct_id": "u" });
    assert_eq!(
        one(rule(filter("gt", "v", json!(1))), nobody)["error"],
        "missing_group_key"
    );
}

#[test]
fn a_flag_can_ask_for_a_holdout_or_for_a_typed_value() {
    let asks = |key: &str, of: &str, value: Value| {
        json!({ "id": 9, "key": key, "active": true, "filters": { "groups": [{ "properties": [{ "key": of,
            "type": "flag", "operator": "flag_evaluates_to", "value": value, "dependency_chain": [of] }] }] } })
    };
    let definitions = json!([
        { "id": 1, "key": "held", "active": true, "filters": { "groups": [{}], "holdout": { "id": 3, "exclusion_percentage": 100 } } },
        { "id": 2, "key": "typed", "active": true, "filters": { "version": 2, "return_type": "string", "default_value": "a", "rules": [] } },
        asks("a", "held", json!("holdout-3")), asks("b", "held", json!(true)), asks("c", "held", json!(false)),
        asks("d", "typed", json!("a")), asks("e", "typed", json!("b")), asks("f", "1", json!(true)) ]);
    let request = json!({ "distinct_id": "u" });
    for (key, expected) in [
        ("a", true),
        ("b", true),
        ("c", false),
        ("d", true),
        ("e", false),
        ("f", true),
    ] {
        let found = answer(&definitions, key, &request, Mode::Complete);
        assert_eq!(found["value"], expected, "{key}: {found}");
    }
}
