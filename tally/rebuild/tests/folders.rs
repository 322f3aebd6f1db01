//! The program on folders: equal counts end with success, any difference with failure.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

const DAY: u64 = 86_400_000;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

fn cell(variant: &str, metric: &str, n: i64, y: f64, yy: f64) -> Value {
    json!({ "flag": "f", "unit": "user", "epoch": 0, "stratum": "", "variant": variant,
        "metric": metric, "dimension": "total", "level": "", "day": 1, "n": n,
        "y": y, "yy": yy, "d": 0.0, "dd": 0.0, "yd": 0.0, "x": 0.0, "xx": 0.0, "xy": 0.0, "xd": 0.0 })
}

fn line(last: u32, kind: &str, user: &str, fields: Value) -> String {
    let mut line = json!({ "id": format!("0192f1d0-6a01-7d3c-8e1f-{last:012}"), "type": kind,
        "at": DAY + u64::from(last), "received_at": DAY + u64::from(last), "environment": "env_a",
        "batch": "b", "definitions": "0123", "units": { "user": user, "other": "x" } });
    let (Value::Object(line_fields), Value::Object(more)) = (&mut line, fields) else {
        return String::new();
    };
    line_fields.extend(more);
    line.to_string()
}

/// Two people, one of them under two ids, whose exposure is filed after the event that it counts.
fn fill(folder: &Path, cells: &[Value], contributions: &[Value]) {
    let definitions = json!({ "metrics": [{ "key": "revenue", "version": "00000001", "kind": "sum",
        "event": "paid", "window_ms": DAY, "direction": "up" }], "dimensions": [], "units": ["user"] });
    write(folder, "defs/0123.json", &definitions.to_string());
    let met = json!({ "flag": "f", "variant": "on" });
    let late = [
        line(1, "exposure", "ann", met.clone()),
        line(2, "exposure", "visitor", met),
        line(
            5,
            "identify",
            "ben",
            json!({ "previous": { "user": "visitor" } }),
        ),
        line(
            6,
            "answer",
            "ben",
            json!({ "survey": "s", "value": { "any": "thing" } }),
        ),
    ];
    write(
        folder,
        "log/1970-01-02/01/0-000000000002.ndjson",
        &late.join("\n"),
    );
    let early = [
        line(3, "track", "ann", json!({ "name": "paid", "value": 2.5 })),
        line(4, "track", "visitor", json!({ "name": "paid", "value": 4 })),
        line(7, "track", "ben", json!({ "name": "paid", "value": 1 })),
        line(8, "track", "nobody", json!({ "name": "paid", "value": 1 })),
        line(
            9,
            "exposure",
            "stranger",
            json!({ "flag": "made-up", "variant": "on", "uncounted": "unknown_flag" }),
        ),
    ];
    write(
        folder,
        "log/1970-01-02/00/1-000000000001.ndjson",
        &early.join("\n"),
    );
    write(
        folder,
        "contrib/0-1.json",
        &json!({ "rows": contributions }).to_string(),
    );
    let totals = json!({ "cells": cells, "shards": [], "missing": [], "dropped": 0, "pending": 0,
        "levels": [], "as_of": 0 });
    write(folder, "totals.json", &totals.to_string());
}

fn run(folder: &Path) -> (Output, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_pennon-rebuild"))
        .arg(folder)
        .output()
        .unwrap();
    let summary = serde_json::from_slice(&output.stdout).unwrap();
    (output, summary)
}

#[test]
fn equal_counts_are_a_success() {
    let folder = folder("equal");
    let revenue = cell("on", "revenue@00000001", 2, 7.5, 31.25);
    fill(&folder, &[cell("on", "exposed", 2, 0.0, 0.0), revenue], &[]);
    let (output, summary) = run(&folder);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        summary,
        json!({ "files": 2, "lines": 9, "cells": 2, "aside": 0, "differences": 0 })
    );
}

#[test]
fn people_who_are_no_longer_held_stay_counted() {
    let folder = folder("erased");
    let erased = json!({ "flag": "f", "unit": "user", "epoch": 0, "stratum": "", "variant": "on",
        "metric": "exposed", "dimension": "total", "level": "", "day": 1, "n": 1 });
    let revenue = cell("on", "revenue@00000001", 2, 7.5, 31.25);
    let exposed = cell("on", "exposed", 3, 0.0, 0.0);
    fill(&folder, &[exposed, revenue], &[erased]);
    let (output, _) = run(&folder);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn ids_that_name_each_other_in_a_circle_are_one_person() {
    let folder = folder("circle");
    fill(&folder, &[cell("on", "exposed", 1, 0.0, 0.0)], &[]);
    let met = json!({ "flag": "f", "variant": "on" });
    let now = |other: &str| json!({ "previous": { "user": other } });
    let lines = [
        line(1, "exposure", "a", met.clone()),
        line(2, "exposure", "b", met.clone()),
        line(3, "exposure", "c", met),
        line(4, "identify", "b", now("a")),
        line(5, "identify", "c", now("b")),
        line(6, "identify", "b", now("c")),
    ];
    write(
        &folder,
        "log/1970-01-02/00/1-000000000001.ndjson",
        &lines.join("\n"),
    );
    write(&folder, "log/1970-01-02/01/0-000000000002.ndjson", "");
    let (output, _) = run(&folder);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn any_difference_is_a_failure_that_says_where() {
    let exposed = cell("on", "exposed", 2, 0.0, 0.0);
    let revenue = cell("on", "revenue@00000001", 2, 7.5, 31.25);
    let cases = [
        ("missing", vec![exposed.clone()]),
        (
            "one too many",
            vec![cell("on", "exposed", 3, 0.0, 0.0), revenue.clone()],
        ),
        (
            "a sum",
            vec![
                exposed.clone(),
                cell("on", "revenue@00000001", 2, 7.25, 31.25),
            ],
        ),
        (
            "another variant",
            vec![exposed, revenue, cell("off", "exposed", 1, 0.0, 0.0)],
        ),
    ];
    for (name, cells) in cases {
        let folder = folder(&name.replace(' ', "-"));
        fill(&folder, &cells, &[]);
        let (output, summary) = run(&folder);
        assert!(!output.status.success(), "{name}");
        assert_eq!(summary["differences"], 1, "{name}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.starts_with("f / user / epoch 0 / "), "{name}: {said}");
    }
}
