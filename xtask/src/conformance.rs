//! Runs the suites of the vectors natively and through WebAssembly.
//!
//! Standard output has one line a suite, `suite passed/total`; a case counts as passed when both
//! runners agree with it. What missed is told on standard error.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::build;
use crate::process::Process;
use crate::repository::Repository;
use crate::vectors::{self, Vectors};

/// Suites whose vectors are a folder.
const FOLDERS: [&str; 1] = ["bucketing"];

/// Suites whose vectors are the files of a folder, each a suite of its own: `posthog/operators`.
const FILES: [&str; 1] = ["posthog"];

/// More would only scroll the first ones away.
const SHOWN: usize = 20;

/// What both runners found about each case of a suite: no miss, or sentences.
type Cases = BTreeMap<String, Vec<String>>;

/// One suite: what it is called, who reads it, and where its vectors are.
struct Suite {
    name: String,
    reader: &'static str,
    place: PathBuf,
}

pub(crate) fn run(repository: &Repository, arguments: Arguments) -> Result<()> {
    let named = arguments.rest()?;
    match vectors::find(repository) {
        Vectors::Found(folder) => {
            let mut suites = suites(&folder)?;
            for name in &named {
                if !suites.iter().any(|suite| is_named(suite, name)) {
                    bail!("there is no suite `{name}` in `{}`", folder.display());
                }
            }
            if !named.is_empty() {
                suites.retain(|suite| named.iter().any(|name| is_named(suite, name)));
            }
            run_suites(repository, &suites)
        }
        Vectors::NotHere(usual) => bail!(
            "no vectors in `{}`: set PENNON_VECTORS to their folder",
            usual.display()
        ),
    }
}

/// By its whole name, or by that of its folder.
fn is_named(suite: &Suite, name: &str) -> bool {
    suite.name == name || suite.reader == name
}

/// Runs every suite of a folder of vectors.
pub(crate) fn run_all(repository: &Repository, folder: &Path) -> Result<()> {
    run_suites(repository, &suites(folder)?)
}

/// The suites that a folder has vectors of.
fn suites(folder: &Path) -> Result<Vec<Suite>> {
    let mut suites = Vec::new();
    for reader in FOLDERS {
        let place = folder.join(reader);
        if place.is_dir() {
            suites.push(Suite {
                name: reader.to_owned(),
                reader,
                place,
            });
        }
    }
    for reader in FILES {
        let place = folder.join(reader);
        if !place.is_dir() {
            continue;
        }
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&place)? {
            files.push(entry?.path());
        }
        files.sort();
        files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
        suites.extend(files.into_iter().map(|place| Suite {
            name: format!("{reader}/{}", stem(&place)),
            reader,
            place,
        }));
    }
    if suites.is_empty() {
        bail!("`{}` has vectors of no suite", folder.display());
    }
    Ok(suites)
}

fn stem(file: &Path) -> String {
    file.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn run_suites(repository: &Repository, suites: &[Suite]) -> Result<()> {
    build::artefacts(repository)?;
    let mut failed = Vec::new();
    for suite in suites {
        let Some(cases) = run_suite(repository, suite)? else {
            eprintln!(
                "  {} did NOT run: no reader for cases of its kind",
                suite.name
            );
            continue;
        };
        let misses: Vec<&String> = cases.values().flatten().collect();
        for miss in misses.iter().take(SHOWN) {
            eprintln!("  {miss}");
        }
        if misses.len() > SHOWN {
            eprintln!("  … and {} more", misses.len() - SHOWN);
        }
        let passed = cases.values().filter(|misses| misses.is_empty()).count();
        println!("{} {passed}/{}", suite.name, cases.len());
        if cases.is_empty() || passed < cases.len() {
            failed.push(suite.name.as_str());
        }
    }
    if !failed.is_empty() {
        bail!("not conforming: {}", failed.join(", "));
    }
    Ok(())
}

/// The cases of a suite; none when nobody reads cases of their kind.
fn run_suite(repository: &Repository, suite: &Suite) -> Result<Option<Cases>> {
    let program = build::native_program(repository, "pennon-conformance")?;
    let through = |backend: &str| -> Result<Option<Cases>> {
        let printed = Process::new(repository, "node")
            .args(["tests/conformance/run.mjs", suite.reader])
            .arg(&suite.place)
            .arg(backend)
            .arg(&program)
            .output()?;
        parse(&printed)
    };
    let (native, wasm) = (through("native")?, through("wasm")?);
    Ok(native
        .zip(wasm)
        .map(|(native, wasm)| merge(&[("native", native), ("wasm", wasm)])))
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

/// `{"case": ["miss", …], …}`, or null.
fn parse(printed: &str) -> Result<Option<Cases>> {
    let value: Value = serde_json::from_str(printed).context("a runner did not print its cases")?;
    if value.is_null() {
        return Ok(None);
    }
    let cases = value.as_object().context("not an object")?;
    let cases = cases
        .iter()
        .map(|(case, misses)| {
            let misses = misses.as_array().into_iter().flatten();
            let text = misses.map(|miss| miss.as_str().unwrap_or("a miss").to_owned());
            (case.clone(), text.collect())
        })
        .collect();
    Ok(Some(cases))
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
