//! Measures speed beside the peers, against its targets.
//!
//! The measuring is `benches/bench.mjs`; what it prints are rows
//! `{"name","unit","ours","peer","peer_name","ratio","target"}`, where `ratio` says how many times
//! better we were in that run and a `target` of `null` only informs.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::build;
use crate::process::{Process, step};
use crate::repository::Repository;

pub(crate) fn run(repository: &Repository, mut arguments: Arguments) -> Result<()> {
    let as_json = arguments.take_flag("--json");
    arguments.finish()?;
    build::all(repository)?;
    let printed = step("measuring beside the peers", || {
        Process::new(repository, "node")
            .args(["benches/bench.mjs", "--json"])
            .output_regardless()
    })?;
    let rows: Vec<Value> =
        serde_json::from_str(&printed).context("benches/bench.mjs did not print its rows")?;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print_table(&rows);
    }
    let missed: Vec<&str> = rows
        .iter()
        .filter(|row| misses(row))
        .filter_map(name)
        .collect();
    if rows.is_empty() || !missed.is_empty() {
        bail!(
            "{} of {} targets missed: {}",
            missed.len(),
            rows.len(),
            missed.join("; ")
        );
    }
    Ok(())
}

/// A row without a ratio could not be measured, which is a miss where there is a target.
fn misses(row: &Value) -> bool {
    let Some(target) = row["target"].as_f64() else {
        return false;
    };
    row["ratio"].as_f64().is_none_or(|ratio| ratio < target)
}

fn name(row: &Value) -> Option<&str> {
    row["name"].as_str()
}

fn print_table(rows: &[Value]) {
    println!(
        "{:<48} {:>12} {:>12} {:>6} {:>8} {:>8}  peer",
        "", "ours", "peer", "unit", "ratio", "target"
    );
    for row in rows {
        let number = |field: &str| {
            row[field]
                .as_f64()
                .map_or("-".to_owned(), |n| format!("{n:.2}"))
        };
        println!(
            "{:<48} {:>12} {:>12} {:>6} {:>8} {:>8}  {}",
            name(row).unwrap_or_default(),
            number("ours"),
            number("peer"),
            row["unit"].as_str().unwrap_or_default(),
            number("ratio"),
            number("target"),
            row["peer_name"].as_str().unwrap_or_default(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::misses;
    use serde_json::json;

    #[test]
    fn judges_a_row_by_its_ratio() {
        for (ratio, target, missed) in [
            (json!(6.1), json!(6), false),
            (json!(5.9), json!(6), true),
            (json!(null), json!(6), true),
            (json!(0.1), json!(null), false),
        ] {
            assert_eq!(misses(&json!({ "ratio": ratio, "target": target })), missed);
        }
    }
}
