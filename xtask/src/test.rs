//! Everything that CI runs.

mod browser;
mod smoke;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::arguments::Arguments;
use crate::build;
use crate::check;
use crate::conformance;
use crate::process::Process;
use crate::repository::Repository;
use crate::setup;
use crate::size;
use crate::vectors::{self, Vectors};

/// A part of the run, as the summary names it.
type Part = (&'static str, fn(&Repository) -> Result<()>);

const PARTS: [Part; 10] = [
    ("build", build::all),
    ("check", check::all),
    ("Rust: unit, property and documentation tests", rust),
    ("npm package", npm),
    ("Workers", workers),
    ("packaging", packaging),
    ("random decisions, everywhere the same", parity),
    ("conformance", conformance_if_found),
    ("size", size::all),
    ("browser: example app and Workers", browser),
];

pub(crate) fn run(repository: &Repository, arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    setup::npm_packages(repository)?;
    setup::wasm_target(repository)?;
    let chromium = browser::find_or_install(repository)?;
    eprintln!("» using {}", chromium.display());
    let mut results = Vec::new();
    for (name, part) in PARTS
        .into_iter()
        .chain([("cargo xtask dev", smoke::dev as _)])
    {
        eprintln!("\n━━ {name}");
        let start = Instant::now();
        let result = part(repository);
        if let Err(error) = &result {
            eprintln!("error: {error:#}");
        }
        let failed = result.is_err();
        results.push((name, start.elapsed(), failed));
        if failed && name == "build" {
            break;
        }
    }
    summarise(&results)
}

fn summarise(results: &[(&str, Duration, bool)]) -> Result<()> {
    println!();
    for (name, duration, failed) in results {
        let verdict = if *failed { "FAILED" } else { "ok" };
        println!("{verdict:>6} {:>5} s  {name}", duration.as_secs());
    }
    let failed = results.iter().filter(|(_, _, failed)| *failed).count();
    if failed > 0 {
        bail!("{failed} of {} parts failed", results.len());
    }
    Ok(())
}

fn rust(repository: &Repository) -> Result<()> {
    Process::cargo(repository)
        .args(["test", "--workspace", "--quiet"])
        .run()
}

fn npm(repository: &Repository) -> Result<()> {
    Process::new(repository, "npm")
        .args(["test", "--workspace", "pennon"])
        .run()
}

fn workers(repository: &Repository) -> Result<()> {
    Process::new(repository, "npm")
        .args(["test", "--workspace", "pennon-worker-tests"])
        .run()
}

fn packaging(repository: &Repository) -> Result<()> {
    Process::new(repository, "node")
        .arg("tests/packaging/run.mjs")
        .run()
}

fn parity(repository: &Repository) -> Result<()> {
    Process::new(repository, "node")
        .arg("tests/parity/run.mjs")
        .run()
}

fn browser(repository: &Repository) -> Result<()> {
    Process::new(repository, "npm")
        .args(["test", "--workspace", "pennon-tests"])
        .run()
}

fn conformance_if_found(repository: &Repository) -> Result<()> {
    match vectors::find(repository) {
        Vectors::Found(folder) => conformance::run_all(repository, &folder),
        Vectors::NotHere(usual) => {
            eprintln!(
                "!! CONFORMANCE DID NOT RUN: no vectors in `{}`, and PENNON_VECTORS is not set",
                usual.display()
            );
            Ok(())
        }
    }
}
