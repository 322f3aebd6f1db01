//! Random rulesets without errors, and contexts for them.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

/// Flags and segments refer only to those before them, so nothing waits for itself.
const FLAGS: [&str; 5] = ["f0", "f1", "f2", "f3", "f4"];
const SEGMENTS: [&str; 3] = ["s0", "s1", "s2"];
const COUNTRIES: [&str; 5] = ["SE", "NO", "se", "Åland", "ÅLAND"];
const DATES: [&str; 3] = [
    "2026-11-01T00:00:00Z",
    "2026-11-01T01:00:00.5+01:00",
    "2025-01-01T00:00:00Z",
];
const VERSIONS: [&str; 9] = [
    "1.2.3",
    "1.2.3-rc.1",
    "1.2.3-rc.10",
    "1.2.3+b7",
    "2.0.0",
    "2.0.0-alpha",
    "0.9.9",
    "10.0.0",
    "1.10.0-0",
];

/// Comparisons that all hold.
type Bounds = &'static [(&'static str, &'static str)];

/// Ranges and what node-semver's documentation says they are: alternatives of bounds.
pub(crate) const RANGES: [(&str, &[Bounds]); 4] = [
    ("^1.2", &[&[(">=", "1.2.0"), ("<", "2.0.0-0")]]),
    ("~1.2.3", &[&[(">=", "1.2.3"), ("<", "1.3.0-0")]]),
    (
        "<1.0.0 || 2.x",
        &[&[("<", "1.0.0")], &[(">=", "2.0.0"), ("<", "3.0.0-0")]],
    ),
    ("1.2.3 - 2.1", &[&[(">=", "1.2.3"), ("<", "2.2.0-0")]]),
];

/// 1 November 2026, in milliseconds.
pub(crate) const NOVEMBER: i64 = 1_793_491_200_000;

/// A ruleset that the checks accept, with dialects or without what only they have.
pub(crate) fn ruleset(has_dialects: bool) -> impl Strategy<Value = Value> {
    let dialect = if has_dialects {
        dialect().boxed()
    } else {
        Just(json!({})).boxed()
    };
    ruleset_of(&dialect).prop_map(move |mut ruleset| {
        if !has_dialects {
            make_native(&mut ruleset);
        }
        ruleset
    })
}

fn make_native(value: &mut Value) {
    match value {
        Value::Array(parts) => parts.iter_mut().for_each(make_native),
        Value::Object(fields) => {
            if fields.get("op").is_some_and(|op| op == "truthy") {
                fields.insert("op".to_owned(), json!("exists"));
            }
            if fields.contains_key("on_miss") {
                fields.remove("on_unknown");
            }
            fields.values_mut().for_each(make_native);
        }
        _ => {}
    }
}

fn ruleset_of(dialect: &BoxedStrategy<Value>) -> impl Strategy<Value = Value> + use<> {
    let segment = |index| segment(index, dialect.clone());
    let flag = |index| flag(index, dialect.clone());
    let segments = (segment(0), segment(1), segment(2));
    let flags = (flag(0), flag(1), flag(2), flag(3), flag(4));
    (segments, flags).prop_map(|(segments, flags)| {
        json!({
            "schema": 1, "environment": "env_test",
            "attributes": {
                "country": { "type": "string" }, "age": { "type": "number" }, "premium": { "type": "boolean" },
                "signup": { "type": "date" }, "version": { "type": "semver" }, "address": { "type": "object" },
                "email": { "type": "string", "class": "private" }, "region": { "type": "string", "known_at": "edge" },
                "score": { "type": "number", "known_at": "server" }, "tags": { "type": "string" },
                "session": { "type": "string", "known_at": "edge" },
            },
            "groups": { "company": { "attributes": { "plan": { "type": "string", "known_at": "edge" } } } },
            "lists": {
                "beta": { "values": ["u1", "u2", "7"] }, "devices": { "unit": "device", "values": ["d1"] },
                "empty": { "values": [] },
            },
            "segments": { "s0": segments.0, "s1": segments.1, "s2": segments.2 },
            "flags": { "f0": flags.0, "f1": flags.1, "f2": flags.2, "f3": flags.3, "f4": flags.4 },
        })
    })
}

fn segment(index: usize, dialect: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    (condition(0, index, false), dialect, any::<usize>()).prop_map(|(when, dialect, seed)| {
        let mut segment = json!({ "when": when });
        translate(&mut segment, &dialect, seed);
        put(&mut segment, "dialect", Some(dialect));
        segment
    })
}

/// Native, or some switches.
fn dialect() -> impl Strategy<Value = Value> {
    let switches = vec![
        ("text_cast", "json"),
        ("number_cast", "parse"),
        ("dates", "iso-or-relative"),
        ("semver", "cargo"),
        ("regex", "fancy"),
        ("case_folding", "ascii-in-parts"),
        ("failures", "unknown"),
    ];
    prop_oneof![
        2 => Just(json!({})),
        1 => subsequence(switches, 1..=7).prop_map(|switches| {
            let switches = switches.into_iter();
            Value::Object(switches.map(|(name, value)| (name.to_owned(), value.into())).collect())
        }),
    ]
}

/// Operands of dates and ranges of a dialect; the seed chooses among them.
const LENIENT_DATES: [&str; 7] = [
    "-1h",
    "2d",
    "-13m",
    "1y",
    "2026-11-01",
    "2026-10-31 23:59:59.5",
    "2026-11-01T01:00:00+01:00",
];
const LENIENT_VERSIONS: [&str; 6] = ["v1.2", "1.2.3", "1.02.3-rc.1", "2", "1.2.3+b7", "0.9.9"];
const CARGO_RANGES: [&str; 8] = [
    "^1.2",
    "~v1.2.3",
    "1.*",
    "*",
    "1.2.*",
    "^0.0.3",
    "1.2.3-rc.1",
    "~1.2.3-rc.1",
];

/// Gives native leaves the operands that the dialect reads.
fn translate(value: &mut Value, dialect: &Value, seed: usize) {
    match value {
        Value::Array(parts) => {
            for (i, part) in parts.iter_mut().enumerate() {
                translate(part, dialect, seed / 3 + i);
            }
        }
        Value::Object(fields) => {
            let op = fields
                .get("op")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let chosen = |from: &[&str]| Some(json!(from[seed % from.len()]));
            let is_dated = matches!(
                op.as_str(),
                "before" | "after" | "on_or_before" | "on_or_after"
            );
            let is_ordered = matches!(op.as_str(), "lt" | "le" | "gt" | "ge");
            let operand = match op.as_str() {
                _ if is_dated && dialect["dates"].is_string() => chosen(&LENIENT_DATES),
                "semver_range" if dialect["semver"].is_string() => chosen(&CARGO_RANGES),
                _ if op.starts_with("semver") && dialect["semver"].is_string() => {
                    chosen(&LENIENT_VERSIONS)
                }
                _ if is_ordered && dialect["number_cast"].is_string() => {
                    chosen(&["1", "2.5", "-inf", "1e6"])
                }
                _ => None,
            };
            if let Some(operand) = operand {
                fields["value"] = operand;
            }
            for (name, part) in fields.iter_mut() {
                if !matches!(name.as_str(), "value" | "prerequisites") {
                    translate(part, dialect, seed / 3 + name.len());
                }
            }
        }
        _ => {}
    }
}

fn flag(index: usize, dialect: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let (kind, values) = match index {
        0 | 3 => ("boolean", json!([true, false, true])),
        1 => ("string", json!(["A", "ä", ""])),
        2 => ("number", json!([1, 2.5, -3])),
        _ => ("object", json!([{ "b": 1, "a": [2] }, ["x", "y"], {}])),
    };
    let variants = json!({ "v0": values[0], "v1": values[1], "v2": values[2] });
    let off = prop_oneof![
        3 => variant_name().prop_map(Some),
        1 => special().prop_map(|special| Some(json!({ "special": special }))),
        1 => Just(None),
    ];
    let own = (
        prop::bool::weighted(0.9),
        prop::bool::weighted(0.05),
        off,
        prop::option::weighted(0.3, select(vec!["user", "device", "company"])),
        prop::option::weighted(0.3, select(vec!["salt-a", "salt-b"])),
        select(vec!["code-default", "last-known", "off"]),
        prop::bool::weighted(0.85),
        prop::bool::weighted(0.85),
    );
    let fails = vec![None, Some("off"), Some("null")];
    let demands = prop::collection::vec(demand(index, fails), 0..=usize::from(index > 0) * 2);
    let rules = prop::collection::vec(rule(index), 0..4);
    let fallthrough = prop::option::weighted(0.8, outcome(false));
    let requires = prop::option::weighted(0.1, condition(index, SEGMENTS.len(), true));
    let reads = (dialect, any::<usize>(), requires);
    (own, demands, rules, fallthrough, reads).prop_map(move |(own, demands, rules, fallthrough, reads)| {
        let (dialect, seed, requires) = reads;
        let (enabled, killed, off, unit, salt, on_unknown, client, exposure) = own;
        let mut flag = json!({
            "type": kind, "variants": variants, "enabled": enabled, "killed": killed, "client": client,
            "on_unknown": on_unknown, "exposure": exposure, "prerequisites": demands, "rules": rules,
        });
        for (i, rule) in flag["rules"].as_array_mut().unwrap().iter_mut().enumerate() {
            rule["id"] = json!(if i == 1 { "named".to_owned() } else { format!("r{i}") });
        }
        put(&mut flag, "off", off);
        put(&mut flag, "unit", unit);
        put(&mut flag, "salt", salt);
        put(&mut flag, "fallthrough", fallthrough);
        put(&mut flag, "requires", requires);
        translate(&mut flag, &dialect, seed);
        put(&mut flag, "dialect", Some(dialect));
        flag
    })
}

fn put(object: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object[name] = value.into();
    }
}

fn variant_name() -> impl Strategy<Value = Value> {
    select(vec![json!("v0"), json!("v1"), json!("v2")])
}

fn special() -> impl Strategy<Value = &'static str> {
    select(vec!["code-default", "null", "error"])
}

fn rule(index: usize) -> impl Strategy<Value = Value> {
    let window = (
        prop::option::weighted(0.2, moment()),
        prop::option::weighted(0.2, moment()),
    );
    let fails = vec![None, Some("skip"), Some("off"), Some("null")];
    let demands = prop::collection::vec(demand(index, fails), 0..=usize::from(index > 0));
    let gates = prop::collection::vec(split(), 0..2);
    let when = prop::option::weighted(0.7, condition(index, SEGMENTS.len(), true));
    let alternatives = prop::collection::vec(
        (prop::collection::vec(split(), 0..2), outcome(true))
            .prop_map(|(gates, outcome)| json!({ "gates": gates, "outcome": outcome })),
        1..3,
    );
    let leads = prop_oneof![
        3 => outcome(true).prop_map(|outcome| json!({ "outcome": outcome })),
        1 => alternatives.prop_map(|alternatives| json!({ "alternatives": alternatives })),
    ];
    let switches = (
        select(vec!["next", "stop"]),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.9),
        select(vec!["stop", "stop", "next", "skip"]),
    );
    (window, demands, gates, when, leads, switches).prop_map(
        |((from, to), demands, gates, when, leads, (on_miss, holdout, exposure, on_unknown))| {
            let mut rule = leads;
            rule["prerequisites"] = json!(demands);
            rule["gates"] = json!(gates);
            rule["on_miss"] = json!(on_miss);
            rule["holdout"] = json!(holdout);
            rule["exposure"] = json!(exposure);
            rule["on_unknown"] = json!(on_unknown);
            let is_forward = match (&from, &to) {
                (Some((from, _)), Some((to, _))) => from < to,
                _ => true,
            };
            put(&mut rule, "from", from.map(|(_, json)| json));
            put(
                &mut rule,
                "to",
                to.filter(|_| is_forward).map(|(_, json)| json),
            );
            put(&mut rule, "when", when);
            rule
        },
    )
}

/// A moment, and one spelling of it.
fn moment() -> impl Strategy<Value = (i64, Value)> {
    select(vec![
        (NOVEMBER, json!("2026-11-01T00:00:00Z")),
        (NOVEMBER, json!(NOVEMBER)),
        (NOVEMBER + 500, json!("2026-11-01T01:00:00.5+01:00")),
        (NOVEMBER - 1, json!(NOVEMBER - 1)),
    ])
}

fn demand(index: usize, fails: Vec<Option<&'static str>>) -> impl Strategy<Value = Value> {
    (
        flag_test(index.max(1)),
        select(fails),
        select(vec!["allow", "allow", "forbid"]),
    )
        .prop_map(|(mut demand, fail, chain)| {
            put(&mut demand, "fail", fail);
            demand["chain"] = json!(chain);
            demand
        })
}

/// What is asked of a flag before the one at `index`.
fn flag_test(index: usize) -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        leaf_of(
            json!({}),
            "eq",
            vec![json!(true), json!("A"), json!(1), json!("x"), Value::Null]
        ),
        leaf_of(json!({}), "ne", vec![json!(false), json!("ä")]),
        leaf_of(json!({}), "gt", vec![json!(0), json!(2.5), json!("B")]),
        leaf_of(json!({}), "in", vec![json!(["A", 1, true]), json!([])]),
        leaf_of(
            json!({ "ci": true }),
            "starts_with",
            vec![json!("Ä"), json!("")]
        ),
        leaf_of(
            json!({ "elements": "all" }),
            "contains",
            vec![json!(["x", "y"]), json!("x")]
        ),
    ];
    let names = vec!["v0", "v1", "v2"];
    let test = prop_oneof![
        Just(json!({})),
        select(vec!["enabled", "disabled"]).prop_map(|is| json!({ "is": is })),
        subsequence(names, 0..=3).prop_map(|names| json!({ "variants": names })),
        value.prop_map(|value| json!({ "value": value })),
    ];
    (select(FLAGS[..index].to_vec()), test).prop_map(|(flag, mut test)| {
        test["flag"] = json!(flag);
        test
    })
}

fn outcome(may_pin: bool) -> impl Strategy<Value = Value> {
    let pin = (
        select(vec![
            json!(null),
            json!("device"),
            json!({ "attribute": "session" }),
            json!({ "attribute": "email" }),
        ]),
        prop_oneof![
            subsequence(vec!["u1", "u3", "d1", "x"], 1..3).prop_map(|ids| json!({ "values": ids })),
            select(vec!["beta", "devices"]).prop_map(|list| json!({ "list": list })),
        ],
        variant_name(),
    )
        .prop_map(|(unit, mut pin, variant)| {
            put(&mut pin, "unit", Some(unit).filter(|unit| !unit.is_null()));
            pin["variant"] = variant;
            pin
        });
    let pins = prop::collection::vec(pin, 0..=usize::from(may_pin) * 2);
    let distribution = (
        scope(),
        cuts(),
        pins,
        select(vec!["none", "last"]),
        any::<u16>(),
    );
    prop_oneof![
        3 => variant_name().prop_map(|name| json!({ "variant": name })),
        1 => special().prop_map(|special| json!({ "special": special })),
        1 => Just(json!({ "special": if may_pin { "miss" } else { "null" } })),
        3 => distribution.prop_map(|(scope, cuts, pins, rest, kinds)| {
            let ranges: Vec<Value> = cuts
                .windows(2)
                .enumerate()
                .map(|(i, pair)| {
                    let mut entry = json!({ "from": pair[0], "to": pair[1] });
                    match kinds >> (3 * i) & 7 {
                        0 => entry["pass"] = json!(true),
                        1 => entry["special"] = json!("null"),
                        n => entry["variant"] = json!(format!("v{}", n % 3)),
                    }
                    entry
                })
                .collect();
            let mut distribution = scope;
            scale(&mut distribution, ranges);
            distribution["pins"] = json!(pins);
            distribution["rest"] = json!(rest);
            json!({ "distribution": distribution })
        }),
    ]
}

fn split() -> impl Strategy<Value = Value> {
    (scope(), cuts(), any::<bool>()).prop_map(|(mut split, cuts, is_second)| {
        let ranges: Vec<Value> = cuts
            .windows(2)
            .skip(usize::from(is_second))
            .step_by(2)
            .map(|pair| json!({ "from": pair[0], "to": pair[1] }))
            .collect();
        scale(&mut split, ranges);
        split
    })
}

/// Foreign positions here are percents.
fn scale(split: &mut Value, mut ranges: Vec<Value>) {
    if split["hash"]["algorithm"].is_string() {
        for range in &mut ranges {
            for bound in ["from", "to"] {
                range[bound] = json!(range[bound].as_f64().unwrap() / 100.0);
            }
        }
    }
    split["ranges"] = json!(ranges);
}

/// Ascending basis points.
fn cuts() -> impl Strategy<Value = Vec<u32>> {
    let points = vec![0, 1, 1_000, 2_500, 3_333, 5_000, 7_500, 9_999, 10_000];
    subsequence(points, 2..6)
}

/// What a split says about its hash.
fn scope() -> impl Strategy<Value = Value> {
    select(vec![
        json!({}),
        json!({}),
        json!({ "salt": "layer" }),
        json!({ "unit": "device" }),
        json!({ "hash": { "missing": "zero" } }),
        json!({ "hash": { "prefix": "own seed", "units": ["company", "user"] } }),
        json!({ "hash": { "units": [{ "attribute": "session" }, "user"] } }),
        json!({ "hash": { "units": [{ "attribute": "email" }] } }),
        json!({ "hash": { "algorithm": "unleash_rollout", "prefix": "g:", "suffix": "!", "comparison": "le" } }),
        json!({ "hash": { "algorithm": "unleash_rollout", "seed": 5, "missing": "zero" } }),
        json!({ "hash": { "algorithm": "unleash_rollout", "missing": "empty" } }),
        json!({ "hash": { "algorithm": "posthog_sha1_15", "prefix": "f.", "suffix": "v", "comparison": "le" } }),
    ])
}

/// A condition about flags before `flags` and segments before `segments`.
fn condition(flags: usize, segments: usize, may_split: bool) -> BoxedStrategy<Value> {
    let mut basic = vec![leaf().boxed(), list_leaf().boxed()];
    if flags > 0 {
        basic.push(flag_test(flags).boxed());
    }
    if segments > 0 {
        let ids = SEGMENTS[..segments].to_vec();
        basic.push(select(ids).prop_map(|id| json!({ "segment": id })).boxed());
    }
    if may_split {
        basic.push(split().prop_map(|split| json!({ "split": split })).boxed());
    }
    let basic = prop::strategy::Union::new(basic);
    basic
        .prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                (
                    select(vec!["all", "any", "none"]),
                    prop::collection::vec(inner.clone(), 0..3)
                )
                    .prop_map(|(word, children)| json!({ word: children })),
                inner.prop_map(|child| json!({ "not": child })),
            ]
        })
        .boxed()
}

fn list_leaf() -> impl Strategy<Value = Value> {
    select(vec![
        json!({ "unknown": "nobody can tell" }),
        json!({ "list": "beta" }),
        json!({ "list": "devices" }),
        json!({ "list": "empty" }),
        json!({ "unit": "user", "op": "in", "list": "beta" }),
        json!({ "unit": "user", "op": "not_in", "value": ["u1", "u3"] }),
        json!({ "unit": "device", "op": "in", "value": ["d1", "D2"], "ci": true }),
        json!({ "unit": "user", "op": "starts_with", "value": "u" }),
        json!({ "unit": "company", "op": "exists" }),
        json!({ "attribute": "tags", "op": "in", "list": "beta" }),
    ])
}

fn leaf_of(base: Value, op: &'static str, operands: Vec<Value>) -> impl Strategy<Value = Value> {
    select(operands).prop_map(move |operand| {
        let mut leaf = base.clone();
        leaf["op"] = json!(op);
        leaf["value"] = operand;
        leaf
    })
}

fn leaf() -> impl Strategy<Value = Value> {
    let ci = select(vec![json!({}), json!({ "ci": true })]);
    let elements = select(vec![json!({}), json!({ "elements": "all" })]);
    (prop_oneof![text_leaf(), typed_leaf()], ci, elements).prop_map(|(mut leaf, ci, elements)| {
        let op = leaf["op"].as_str().unwrap().to_owned();
        let folds = matches!(
            op.as_str(),
            "eq" | "ne" | "in" | "not_in" | "starts_with" | "ends_with" | "contains"
        );
        if folds && ci["ci"] == true {
            leaf["ci"] = json!(true);
        }
        if elements["elements"] == "all" {
            leaf["elements"] = json!("all");
        }
        leaf
    })
}

fn text_leaf() -> impl Strategy<Value = Value> {
    let subject = select(vec![
        json!({ "attribute": "country" }),
        json!({ "attribute": "tags" }),
        json!({ "attribute": "email" }),
        json!({ "attribute": "region" }),
        json!({ "attribute": "/address/city" }),
        json!({ "attribute": "undeclared" }),
        json!({ "group": "company", "attribute": "plan" }),
    ]);
    let texts = json!(COUNTRIES);
    let ask = select(vec![
        ("eq", texts[0].clone()),
        ("eq", Value::Null),
        ("ne", texts[3].clone()),
        ("in", json!(["SE", "Åland"])),
        ("not_in", json!(["NO", "se", "ÅLAND"])),
        ("in", json!([])),
        ("lt", json!("T")),
        ("ge", json!("se")),
        ("starts_with", json!("å")),
        ("starts_with", json!(["S", "N"])),
        ("ends_with", json!("ND")),
        ("contains", json!(["lan", "LAN"])),
        ("matches", json!("^[A-Z]{2}$")),
        ("matches", json!("l.n+")),
        ("not_matches", json!("[a-z]e|^1")),
        ("truthy", Value::Bool(true)),
        ("truthy", Value::Bool(false)),
        ("in", json!(["1", "true", "[1,3]", "null"])),
        ("exists", Value::Bool(true)),
        ("exists", Value::Bool(false)),
    ]);
    (subject, ask).prop_map(|(mut leaf, (op, operand))| {
        leaf["op"] = json!(op);
        leaf["value"] = operand;
        leaf
    })
}

fn typed_leaf() -> impl Strategy<Value = Value> {
    let number = |name: &'static str| {
        let operands = vec![json!(1), json!(2.5), json!(-3), json!(1_000_000)];
        select(vec!["eq", "ne", "lt", "le", "gt", "ge"])
            .prop_flat_map(move |op| leaf_of(json!({ "attribute": name }), op, operands.clone()))
    };
    let dates = vec![
        json!(DATES[0]),
        json!(DATES[1]),
        json!(NOVEMBER),
        json!("now"),
        json!("now-1h"),
        json!("now+2d"),
        json!("now-1w"),
    ];
    let versions: Vec<Value> = VERSIONS.iter().map(|text| json!(text)).collect();
    let ranges: Vec<Value> = RANGES.iter().map(|(text, _)| json!(text)).collect();
    prop_oneof![
        number("age"),
        number("score"),
        leaf_of(
            json!({ "attribute": "age" }),
            "in",
            vec![json!([1, 2.5]), json!([-3])]
        ),
        leaf_of(
            json!({ "attribute": "premium" }),
            "eq",
            vec![json!(true), json!(false)]
        ),
        select(vec!["before", "after", "on_or_before", "on_or_after"]).prop_flat_map(move |op| {
            leaf_of(json!({ "attribute": "signup" }), op, dates.clone())
        }),
        select(vec![
            "semver_eq",
            "semver_lt",
            "semver_le",
            "semver_gt",
            "semver_ge"
        ])
        .prop_flat_map(move |op| leaf_of(
            json!({ "attribute": "version" }),
            op,
            versions.clone()
        )),
        leaf_of(json!({ "attribute": "version" }), "semver_range", ranges),
        leaf_of(
            json!({ "attribute": "age" }),
            "between",
            vec![json!([1, 2.5]), json!([-10, 1e10])]
        ),
    ]
}

/// A context with values of right and wrong types, and with much that is missing.
pub(crate) fn context() -> impl Strategy<Value = Value> {
    let ids = |own: Vec<Value>| {
        let odd = vec![json!(true), json!([1]), json!(1.5), Value::Null];
        prop_oneof![6 => select(own).prop_map(Some), 1 => Just(None), 1 => select(odd).prop_map(Some)]
    };
    let odd = || {
        select(vec![
            Value::Null,
            json!({}),
            json!([]),
            json!(true),
            json!([[1]]),
            json!("?"),
            json!("TRUE"),
            json!(["true", true]),
            json!({ "b": 1.0, "a": "ä" }),
        ])
    };
    let attribute = |right: Vec<Value>| prop_oneof![5 => select(right).prop_map(Some), 2 => Just(None), 1 => odd().prop_map(Some)];
    let texts: Vec<Value> = COUNTRIES.iter().map(|text| json!(text)).collect();
    let arrays = vec![
        json!(["SE", "u1"]),
        json!(["Åland"]),
        json!(["NO", 3, null]),
        json!([]),
    ];
    let numbers = vec![
        json!(1),
        json!(1.0),
        json!(2.5),
        json!(-3),
        json!(5e9),
        json!([1, 3]),
        json!("2.5"),
        json!("nan"),
        json!("inf"),
        json!(" 1"),
    ];
    let dates: Vec<Value> = DATES
        .iter()
        .map(|text| json!(text))
        .chain([
            json!(NOVEMBER),
            json!(NOVEMBER - 3_600_000),
            json!("yesterday"),
            json!(NOVEMBER / 1000),
            json!("1793491199.5"),
            json!("-1d"),
            json!("2026-10-31"),
            json!("2026-11-01 00:00"),
        ])
        .collect();
    let versions: Vec<Value> = VERSIONS
        .iter()
        .map(|text| json!(text))
        .chain([
            json!("1.2"),
            json!(" v1.02.3 "),
            json!(1),
            json!("1.2.3+b8"),
            json!("1.2.3.4"),
        ])
        .collect();
    let units = (
        ids(vec![
            json!("u1"),
            json!("u2"),
            json!("u3"),
            json!(7),
            json!(7.0),
            json!(""),
        ]),
        ids(vec![json!("d1"), json!("d2"), json!("enhet-å")]),
        ids(vec![json!("acme"), json!("initech")]),
    );
    let first = (
        attribute(texts.clone()),
        attribute(arrays),
        attribute(texts.clone()),
        attribute(texts.clone()),
    );
    let second = (
        attribute(numbers.clone()),
        attribute(numbers),
        attribute(dates),
        attribute(versions),
        attribute(vec![json!(true), json!(false)]),
        attribute(vec![json!("x"), json!("u1"), json!(["u1"])]),
    );
    let third = (
        attribute(texts.clone()),
        attribute(texts.clone()),
        attribute(texts),
    );
    (units, first, second, third).prop_map(|(units, first, second, third)| {
        let mut context = json!({ "units": {}, "attributes": {}, "groups": { "company": {} } });
        put(&mut context["units"], "user", units.0);
        put(&mut context["units"], "device", units.1);
        put(&mut context["units"], "company", units.2);
        let attributes = &mut context["attributes"];
        put(attributes, "country", first.0);
        put(attributes, "tags", first.1);
        put(attributes, "email", first.2);
        put(attributes, "region", first.3);
        put(attributes, "age", second.0);
        put(attributes, "score", second.1);
        put(attributes, "signup", second.2);
        put(attributes, "version", second.3);
        put(attributes, "premium", second.4);
        put(attributes, "session", second.5);
        put(attributes, "undeclared", third.0);
        put(
            attributes,
            "address",
            third.1.map(|city| json!({ "city": city })),
        );
        put(&mut context["groups"]["company"], "plan", third.2);
        context
    })
}
