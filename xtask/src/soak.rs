//! Breaks the data plane for as long as one likes, and compares what is left with a ledger; then
//! compares imported flags with the vendor's own evaluator.
//!
//! The breaking is `tests/faults/soak.ts`; what it prints is one object
//! `{"acknowledged","counted","lost","doubled","kills"}`. With `--events` nothing is killed: it sends
//! as fast as the machine takes them, and tells CPU and memory on standard error.

mod differential;

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
    let events = arguments.take_option("--events")?;
    let pairs = arguments.take_option("--pairs")?;
    arguments.finish()?;
    if let Some(pairs) = pairs {
        if minutes.is_some() || events.is_some() {
            bail!("`--pairs` goes alone");
        }
        return differential::run(repository, &pairs);
    }
    break_things(repository, as_json, minutes, events)?;
    differential::run(repository, differential::PAIRS)
}

fn break_things(
    repository: &Repository,
    as_json: bool,
    minutes: Option<String>,
    events: Option<String>,
) -> Result<()> {
    let (option, amount) = match (minutes, events) {
        (Some(_), Some(_)) => bail!("either `--minutes` or `--events`, not both"),
        (None, Some(events)) => ("--events", events),
        (minutes, None) => ("--minutes", minutes.unwrap_or_else(|| MINUTES.to_owned())),
    };
    if !amount.parse::<f64>().is_ok_and(|amount| amount > 0.0) {
        bail!("`{option}` wants a number above 0, not `{amount}`");
    }
    setup::npm_packages(repository)?;
    build::workers::build(repository)?;
    let printed = step(&format!("soaking, {option} {amount}"), || {
        Process::new(repository, "node")
            .args(["--no-warnings", "tests/faults/soak.ts", option, &amount])
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
