use pennon_ruleset::{parse, simulate};
use serde_json::{Value, json};

fn ruleset(points: u32, value: &str) -> Value {
    json!({ "schema": 1, "environment": "env_test", "flags": {
        "color": { "type": "string", "variants": { "blue": value, "red": "r" },
            "rules": [{ "id": "r1", "outcome": { "distribution": { "ranges": [{ "variant": "blue", "from": 0, "to": points }] } } }],
            "fallthrough": { "variant": "red" } } } })
}

#[test]
fn a_raised_rollout_moves_some_from_one_variant_to_the_other() {
    let (before, mut after) = (ruleset(2_500, "b"), ruleset(5_000, "b"));
    after["flags"]["new"] = json!({ "type": "boolean", "variants": { "on": true } });
    let contexts: Vec<Value> = (0..1_000)
        .map(|i| json!({ "units": { "user": format!("user-{i}") } }))
        .collect();
    let parsed = |ruleset: &Value| parse(&ruleset.to_string()).unwrap();
    let simulation = simulate(&parsed(&before), &parsed(&after), &contexts, 0.0).unwrap();
    let color = &simulation.flags["color"];
    assert_eq!(color.before.values().sum::<usize>(), 1_000);
    assert_eq!(
        color.after["blue"] - color.before["blue"],
        color.moved.len()
    );
    assert!(
        (200..300).contains(&color.moved.len()),
        "{}",
        color.moved.len()
    );
    for moved in &color.moved {
        assert_eq!(
            (moved.before.label.as_str(), moved.after.label.as_str()),
            ("red", "blue")
        );
    }
    let new = &simulation.flags["new"];
    assert_eq!(new.before["(no such flag)"], 1_000);
    assert_eq!(new.after["(code default)"], 1_000);
}

#[test]
fn a_changed_value_moves_whoever_has_the_variant() {
    let parsed = |ruleset: &Value| parse(&ruleset.to_string()).unwrap();
    let contexts = [json!({ "units": { "user": "u" } })];
    let simulation = simulate(
        &parsed(&ruleset(10_000, "b")),
        &parsed(&ruleset(10_000, "other")),
        &contexts,
        0.0,
    )
    .unwrap();
    let moved = &simulation.flags["color"].moved[0];
    assert_eq!(moved.before.label, moved.after.label);
    assert_eq!(
        (moved.context, moved.after.value.as_ref()),
        (0, Some(&json!("other")))
    );
}

#[test]
fn a_ruleset_with_errors_is_refused() {
    let broken = parse(r#"{ "schema": 2, "environment": "e", "flags": {} }"#).unwrap();
    assert!(
        simulate(&broken, &broken, &[], 0.0)
            .unwrap_err()
            .has_errors()
    );
}
