//! Everything that CI runs.

mod browser;
mod smoke;

use std::path::PathBuf;
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

/// What the parts need.
struct Run<'a> {
    repository: &'a Repository,
    chromium: PathBuf,
}

/// A part of the run, by the name that selects it.
type Part = (&'static str, fn(&Run<'_>) -> Result<()>);

/// Cheap and telling ones first; nothing after a failed build could say anything.
const PARTS: [Part; 12] = [
    (BUILD, |run| build::all(run.repository)),
    ("check", |run| check::all(run.repository)),
    ("rust", rust),
    ("npm", |run| npm_test(run, "pennon")),
    ("workers", |run| npm_test(run, "pennon-worker-tests")),
    ("faults", faults),
    ("packaging", packaging),
    ("parity", parity),
    ("conformance", conformance_if_found),
    ("size", |run| size::all(run.repository)),
    ("browser", |run| npm_test(run, "pennon-tests")),
    ("dev", |run| smoke::dev(run.repository)),
];

const BUILD: &str = "build";

pub(crate) fn run(repository: &Repository, arguments: Arguments) -> Result<()> {
    let parts = selected(&arguments.rest()?)?;
    setup::npm_packages(repository)?;
    setup::wasm_target(repository)?;
    let chromium = browser::find_or_install(repository)?;
    let run = Run {
        repository,
        chromium,
    };
    let mut results = Vec::new();
    for (name, part) in parts {
        eprintln!("\n━━ {name}");
        let start = Instant::now();
        let result = part(&run);
        if let Err(error) = &result {
            eprintln!("error: {error:#}");
        }
        results.push((name, start.elapsed(), result.is_err()));
        if result.is_err() && name == BUILD {
            break;
        }
    }
    summarise(&results)
}

/// All parts, or the named ones after the build that they need.
fn selected(names: &[String]) -> Result<Vec<Part>> {
    let is_part = |name: &str| PARTS.iter().any(|(part, _)| *part == name);
    if let Some(unknown) = names.iter().find(|name| !is_part(name)) {
        let known: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
        bail!("there is no part `{unknown}`, only {}", known.join(", "));
    }
    let is_wanted =
        |part: &str| names.is_empty() || part == BUILD || names.iter().any(|n| n == part);
    Ok(PARTS
        .into_iter()
        .filter(|(part, _)| is_wanted(part))
        .collect())
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

fn rust(run: &Run<'_>) -> Result<()> {
    Process::cargo(run.repository)
        .args(["test", "--workspace", "--quiet"])
        .run()
}

fn npm_test(run: &Run<'_>, workspace: &str) -> Result<()> {
    Process::new(run.repository, "npm")
        .args(["test", "--workspace", workspace])
        .env(browser::VARIABLE, &run.chromium)
        .run()
}

/// The short form of what `soak` does for longer.
fn faults(run: &Run<'_>) -> Result<()> {
    Process::new(run.repository, "npm")
        .args(["run", "faults", "--workspace", "pennon-tests"])
        .run()
}

fn packaging(run: &Run<'_>) -> Result<()> {
    Process::new(run.repository, "node")
        .arg("tests/packaging/run.mjs")
        .env(browser::VARIABLE, &run.chromium)
        .run()
}

fn parity(run: &Run<'_>) -> Result<()> {
    let program = build::native_program(run.repository, "pennon-parity")?;
    Process::new(run.repository, "node")
        .arg("tests/parity/run.mjs")
        .arg(program)
        .env(browser::VARIABLE, &run.chromium)
        .run()
}

fn conformance_if_found(run: &Run<'_>) -> Result<()> {
    match vectors::find(run.repository) {
        Vectors::Found(folder) => conformance::run_all(run.repository, &folder),
        Vectors::NotHere(usual) => {
            eprintln!(
                "!! CONFORMANCE DID NOT RUN: no vectors in `{}`, and PENNON_VECTORS is not set",
                usual.display()
            );
            Ok(())
        }
    }
}
