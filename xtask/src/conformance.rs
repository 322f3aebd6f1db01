//! Runs the suites of the vectors natively and through WebAssembly.
//!
//! Standard output has one line a suite, `suite passed/total`; a case counts as passed when both
//! runners agree with it. What missed is told on standard error.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::build;
use crate::process::Process;
use crate::repository::Repository;
use crate::vectors::{self, Vectors};

const SUITES: [&str; 1] = ["bucketing"];

/// More would only scroll the first ones away.
const SHOWN: usize = 20;

/// What both runners found about each case of a suite: no miss, or sentences.
type Cases = BTreeMap<String, Vec<String>>;

pub(crate) fn run(repository: &Repository, arguments: Arguments) -> Result<()> {
    let named = arguments.rest()?;
    let suites: Vec<&str> = if named.is_empty() {
        SUITES.to_vec()
    } else {
        named.iter().map(String::as_str).collect()
    };
    if let Some(unknown) = suites.iter().find(|suite| !SUITES.contains(suite)) {
        bail!("there is no suite `{unknown}`, only {}", SUITES.join(", "));
    }
    match vectors::find(repository) {
        Vectors::Found(folder) => run_suites(repository, &folder, &suites),
        Vectors::NotHere(usual) => bail!(
            "no vectors in `{}`: set PENNON_VECTORS to their folder",
            usual.display()
        ),
    }
}

/// Runs every suite of a folder of vectors.
pub(crate) fn run_all(repository: &Repository, folder: &Path) -> Result<()> {
    run_suites(repository, folder, &SUITES)
}

fn run_suites(repository: &Repository, folder: &Path, suites: &[&str]) -> Result<()> {
    for suite in suites {
        if !folder.join(suite).is_dir() {
            bail!("`{}` is not a folder", folder.join(suite).display());
        }
    }
    build::artefacts(repository)?;
    let mut failed = Vec::new();
    for suite in suites {
        let cases = run_suite(repository, &folder.join(suite), suite)?;
        let misses: Vec<&String> = cases.values().flatten().collect();
        for miss in misses.iter().take(SHOWN) {
            eprintln!("  {miss}");
        }
        if misses.len() > SHOWN {
            eprintln!("  … and {} more", misses.len() - SHOWN);
        }
        let passed = cases.values().filter(|misses| misses.is_empty()).count();
        println!("{suite} {passed}/{}", cases.len());
        if cases.is_empty() || passed < cases.len() {
            failed.push(*suite);
        }
    }
    if !failed.is_empty() {
        bail!("not conforming: {}", failed.join(", "));
    }
    Ok(())
}

fn run_suite(repository: &Repository, folder: &Path, suite: &str) -> Result<Cases> {
    let program = build::native_program(repository, "pennon-conformance")?;
    let through = |backend: &str| -> Result<Cases> {
        let printed = Process::new(repository, "node")
            .args(["tests/conformance/run.mjs", suite])
            .arg(folder)
            .arg(backend)
            .arg(&program)
            .output()?;
        parse(&printed)
    };
    Ok(merge(&[
        ("native", through("native")?),
        ("wasm", through("wasm")?),
    ]))
}

/// Joins what the runners say; a case that one of them does not know was not run twice.
fn merge(runners: &[(&str, Cases)]) -> Cases {
    let mut joined = Cases::new();
    for case in runners.iter().flat_map(|(_, cases)| cases.keys()) {
        let misses = joined.entry(case.clone()).or_default();
        if !misses.is_empty() {
            continue;
        }
        for (runner, cases) in runners {
            let found = cases
                .get(case)
                .cloned()
                .unwrap_or_else(|| vec!["did not run".to_owned()]);
            misses.extend(found.iter().map(|miss| format!("{runner}: {case}: {miss}")));
        }
    }
    joined
}

/// `{"case": ["miss", …], …}`
fn parse(printed: &str) -> Result<Cases> {
    let value: Value = serde_json::from_str(printed).context("a runner did not print its cases")?;
    let cases = value.as_object().context("not an object")?;
    Ok(cases
        .iter()
        .map(|(case, misses)| {
            let misses = misses.as_array().into_iter().flatten();
            let text = misses.map(|miss| miss.as_str().unwrap_or("a miss").to_owned());
            (case.clone(), text.collect())
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::{Cases, merge};

    #[test]
    fn passes_a_case_only_when_both_runners_do() {
        let cases = |misses: &[(&str, &[&str])]| -> Cases {
            misses
                .iter()
                .map(|(case, found)| {
                    (
                        (*case).to_owned(),
                        found.iter().map(|miss| (*miss).to_owned()).collect(),
                    )
                })
                .collect()
        };
        let native = cases(&[("a", &[]), ("b", &[]), ("c", &["hash: 1, not 2"])]);
        let wasm = cases(&[("a", &[]), ("c", &[])]);
        let joined = merge(&[("native", native), ("wasm", wasm)]);
        assert!(joined["a"].is_empty());
        assert_eq!(joined["b"], ["wasm: b: did not run"]);
        assert_eq!(joined["c"], ["native: c: hash: 1, not 2"]);
    }
}
