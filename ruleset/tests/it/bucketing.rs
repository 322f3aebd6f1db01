use pennon_ruleset::{Audience, Decider, Place, compile, parse};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A flag that gives `on` to the basis points from 0 to `points`.
fn rollout(points: u32) -> Value {
    json!({ "type": "boolean", "variants": { "on": true, "off": false },
        "rules": [{ "id": "r1", "outcome": { "distribution": {
            "ranges": if points == 0 { json!([{ "variant": "off", "from": 0, "to": 10_000 }]) }
                else { json!([{ "variant": "on", "from": 0, "to": points }]) } } } }],
        "fallthrough": { "variant": "off" } })
}

fn decider(flags: &Value) -> Decider {
    let ruleset = json!({ "schema": 1, "environment": "env_test", "flags": flags });
    let compiled = compile(&parse(&ruleset.to_string()).unwrap(), Audience::Public).unwrap();
    Decider::load(&compiled.plan).unwrap()
}

fn is_on(decider: &Decider, key: &str, user: &str) -> bool {
    let context = json!({ "units": { "user": user } });
    decider
        .decide(&context, key, 0.0, Place::Client)
        .variant
        .as_deref()
        == Some("on")
}

/// Five standard deviations: a fair draw fails this once in two million runs, and the units are fixed.
fn is_near(count: usize, of: usize, share: f64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "the counts are small")]
    let (count, of) = (count as f64, of as f64);
    (count - of * share).abs() <= 5.0 * (of * share * (1.0 - share)).sqrt()
}

const USERS: usize = 20_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_bucket_is_stable_across_plans(user in "\\PC{0,20}", points in 0_u32..=10_000) {
        let alone = decider(&json!({ "flag": rollout(points) }));
        let mut renamed = rollout(points);
        renamed["salt"] = json!("flag");
        let among = decider(&json!({ "a": rollout(1), "flag": rollout(points), "z": renamed }));
        prop_assert_eq!(is_on(&alone, "flag", &user), is_on(&among, "flag", &user));
        prop_assert_eq!(is_on(&alone, "flag", &user), is_on(&among, "z", &user));
    }

    #[test]
    fn raising_a_percentage_removes_nobody(low in 0_u32..=10_000, high in 0_u32..=10_000, seed: u32) {
        let (low, high) = (low.min(high), low.max(high));
        let (before, after) = (decider(&json!({ "f": rollout(low) })), decider(&json!({ "f": rollout(high) })));
        for i in 0..200 {
            let user = format!("{seed}-{i}");
            prop_assert!(!is_on(&before, "f", &user) || is_on(&after, "f", &user), "{}", user);
        }
    }
}

#[test]
fn shares_are_within_binomial_bounds() {
    for points in [1, 10, 100, 2_500, 5_000, 9_900] {
        let decider = decider(&json!({ "f": rollout(points) }));
        let count = (0..USERS)
            .filter(|i| is_on(&decider, "f", &format!("user-{i}")))
            .count();
        assert!(
            is_near(count, USERS, f64::from(points) / 10_000.0),
            "{points}: {count}"
        );
    }
    let ranges = json!([{ "variant": "a", "from": 0, "to": 2000 }, { "variant": "b", "from": 2000, "to": 5000 },
        { "variant": "c", "from": 5000, "to": 10_000 }]);
    let flag = json!({ "type": "string", "variants": { "a": "a", "b": "b", "c": "c" },
        "fallthrough": { "distribution": { "ranges": ranges } } });
    let decider = decider(&json!({ "f": flag }));
    let mut counts = std::collections::HashMap::<String, usize>::new();
    for i in 0..USERS {
        let context = json!({ "units": { "user": format!("user-{i}") } });
        let variant = decider
            .decide(&context, "f", 0.0, Place::Client)
            .variant
            .unwrap();
        *counts.entry(variant).or_default() += 1;
    }
    for (variant, share) in [("a", 0.2), ("b", 0.3), ("c", 0.5)] {
        assert!(is_near(counts[variant], USERS, share), "{counts:?}");
    }
}

#[test]
fn flags_draw_independently_of_each_other() {
    let decider =
        decider(&json!({ "one": rollout(5_000), "two": rollout(5_000), "tenth": rollout(1_000) }));
    for (left, right, share) in [("one", "two", 0.25), ("one", "tenth", 0.05)] {
        let both = (0..USERS)
            .map(|i| format!("user-{i}"))
            .filter(|user| is_on(&decider, left, user) && is_on(&decider, right, user))
            .count();
        assert!(is_near(both, USERS, share), "{left} and {right}: {both}");
    }
}

#[test]
fn a_gate_and_a_split_of_one_flag_draw_independently() {
    let mut flag = rollout(5_000);
    flag["rules"][0]["gates"] = json!([{ "ranges": [{ "from": 0, "to": 5_000 }] }]);
    let decider = decider(&json!({ "f": flag }));
    let count = (0..USERS)
        .filter(|i| is_on(&decider, "f", &format!("user-{i}")))
        .count();
    assert!(is_near(count, USERS, 0.25), "{count}");
}

#[test]
fn a_shared_salt_makes_gates_of_different_flags_exclude_each_other() {
    let gated = |from: u32| {
        let mut flag = rollout(10_000);
        flag["rules"][0]["gates"] =
            json!([{ "salt": "layer", "ranges": [{ "from": from, "to": from + 5_000 }] }]);
        flag
    };
    let decider = decider(&json!({ "left": gated(0), "right": gated(5_000) }));
    for i in 0..2_000 {
        let user = format!("user-{i}");
        assert!(
            is_on(&decider, "left", &user) != is_on(&decider, "right", &user),
            "{user}"
        );
    }
}

#[test]
fn the_worked_number_of_the_architecture_holds() {
    // murmur3("user-42", murmur3("new-checkout/split", 0)) by another implementation, on both sides of a boundary.
    let seed = murmur3::murmur3_32(&mut "new-checkout/split".as_bytes(), 0).unwrap();
    let position = murmur3::murmur3_32(&mut "user-42".as_bytes(), seed).unwrap();
    let points = u32::try_from((u64::from(position) * 10_000) >> 32).unwrap();
    let at = |points| {
        is_on(
            &decider(&json!({ "new-checkout": rollout(points) })),
            "new-checkout",
            "user-42",
        )
    };
    assert!(!at(points) && at(points + 1), "{points}");
}
