//! Breaks the data plane for as long as one likes, and compares what is left with a ledger.
//!
//! The breaking is `tests/faults/soak.ts`; what it prints is one object
//! `{"acknowledged","counted","lost","doubled","kills"}`.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::build;
use crate::process::{Process, step};
use crate::repository::Repository;
use crate::setup;

/// What a soak takes when nobody says how long.
const MINUTES: &str = "20";

pub(crate) fn run(repository: &Repository, mut arguments: Arguments) -> Result<()> {
    let as_json = arguments.take_flag("--json");
    let minutes = arguments.take_option("--minutes")?;
    let minutes = minutes.unwrap_or_else(|| MINUTES.to_owned());
    arguments.finish()?;
    if !minutes.parse::<f64>().is_ok_and(|minutes| minutes > 0.0) {
        bail!("`--minutes` wants a number above 0, not `{minutes}`");
    }
    setup::npm_packages(repository)?;
    build::workers::build(repository)?;
    let printed = step(&format!("soaking for {minutes} minutes"), || {
        Process::new(repository, "node")
            .args(["--no-warnings", "tests/faults/soak.ts"])
            .args(["--minutes", &minutes])
            .output_regardless()
    })?;
    let outcome: Value =
        serde_json::from_str(&printed).context("the soak did not print its outcome")?;
    if as_json {
        println!("{outcome}");
    } else {
        print_sentence(&outcome);
    }
    if is_spotless(&outcome) {
        return Ok(());
    }
    bail!("events were lost or doubled; standard error says which")
}

fn is_spotless(outcome: &Value) -> bool {
    outcome["lost"] == 0 && outcome["doubled"] == 0 && outcome["counted"] == outcome["acknowledged"]
}

fn print_sentence(outcome: &Value) {
    println!(
        "{} kills, {} events acknowledged, {} counted, {} lost, {} doubled",
        outcome["kills"],
        outcome["acknowledged"],
        outcome["counted"],
        outcome["lost"],
        outcome["doubled"]
    );
}

#[cfg(test)]
mod tests {
    use super::is_spotless;
    use serde_json::json;

    #[test]
    fn judges_an_outcome() {
        for (acknowledged, counted, lost, doubled, spotless) in [
            (9, 9, 0, 0, true),
            (9, 8, 1, 0, false),
            (9, 9, 0, 1, false),
            (9, 8, 0, 0, false),
        ] {
            let outcome = json!({
                "acknowledged": acknowledged, "counted": counted, "lost": lost, "doubled": doubled
            });
            assert_eq!(is_spotless(&outcome), spotless, "{outcome}");
        }
        assert!(!is_spotless(&json!({})));
    }
}
