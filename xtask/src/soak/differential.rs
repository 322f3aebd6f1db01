//! Random flags and contexts, decided by our import and by the real `posthog-node`.
//!
//! What is compared and what is left out stands in `tests/differential/definitions.mjs`; what it prints
//! is one object `{"pairs","equal","unknown","stricter","differences"}`.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::build;
use crate::process::{Process, step};
use crate::repository::Repository;

/// How many pairs of a flag and a context a soak compares when nobody says.
pub(super) const PAIRS: &str = "100000";

pub(super) fn run(repository: &Repository, pairs: &str) -> Result<()> {
    if !pairs.parse::<u64>().is_ok_and(|pairs| pairs > 0) {
        bail!("`--pairs` wants a whole number above 0, not `{pairs}`");
    }
    build::artefacts(repository)?;
    let printed = step(
        &format!("comparing {pairs} decisions with posthog-node"),
        || {
            Process::new(repository, "node")
                .args(["tests/differential/run.mjs", "--pairs", pairs])
                .output()
        },
    )?;
    let outcome: Value =
        serde_json::from_str(&printed).context("the comparison did not print its outcome")?;
    println!(
        "{} pairs, {} equal, {} unknown to both, {} unknown to posthog-node only, as documented",
        outcome["pairs"], outcome["equal"], outcome["unknown"], outcome["stricter"]
    );
    let differences = outcome["differences"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    for difference in differences {
        eprintln!("  {difference}");
    }
    if differences.is_empty() {
        return Ok(());
    }
    bail!(
        "{} pairs or more differ; standard error says which",
        differences.len()
    )
}
