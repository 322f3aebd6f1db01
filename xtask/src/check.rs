//! The fast part of the tests: format, lints, types, arrows, file rules, documents.

mod arrows;
mod documents;
mod files;
mod imports;
mod lock;

use std::io::IsTerminal as _;

use anyhow::{Result, bail};

use crate::arguments::Arguments;
use crate::build;
use crate::process::{Process, step};
use crate::repository::Repository;
use crate::setup;

/// A rule about the repository, and how to find out whether it holds.
type Check = (&'static str, fn(&Repository) -> Result<()>);

/// Cheap ones first: most mistakes are known after a second.
const CHECKS: [Check; 10] = [
    ("checking the arrows between the folders", arrows::check),
    ("checking names and lengths of files", files::check),
    (
        "checking links, commands and figures of the documents",
        documents::check,
    ),
    ("checking that the npm lock file is complete", lock::check),
    ("checking the format of Rust", rust_format),
    ("checking format and lints of TypeScript", biome),
    ("checking the types of TypeScript", typescript),
    ("checking lints of Rust", clippy),
    ("checking lints of Rust on WebAssembly", clippy_wasm),
    ("checking the documentation of Rust", rustdoc),
];

/// The crates that exist only for WebAssembly, or behave differently there.
const WASM_CRATES: [&str; 4] = [
    "pennon-wasm-eval",
    "pennon-wasm-full",
    "pennon-worker-edge",
    "pennon-worker-control",
];

pub(crate) fn run(repository: &Repository, arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    setup::npm_packages(repository)?;
    setup::wasm_target(repository)?;
    all(repository)
}

/// Runs every check and tells all that failed at once.
pub(crate) fn all(repository: &Repository) -> Result<()> {
    let mut failed = 0;
    for (what, check) in CHECKS {
        if let Err(error) = step(what, || check(repository)) {
            failed += 1;
            eprintln!("error: {error:#}");
        }
    }
    if failed > 0 {
        bail!("{failed} of {} checks failed", CHECKS.len());
    }
    Ok(())
}

/// Turns a list of findings into success when it is empty.
fn report(findings: &[String]) -> Result<()> {
    if !findings.is_empty() {
        bail!("{} finding(s)\n  {}", findings.len(), findings.join("\n  "));
    }
    Ok(())
}

fn rust_format(repository: &Repository) -> Result<()> {
    Process::cargo(repository)
        .args(["fmt", "--all", "--", "--check", "-l"])
        .run()
}

fn biome(repository: &Repository) -> Result<()> {
    let colors = if std::io::stderr().is_terminal() {
        "force"
    } else {
        "off"
    };
    Process::tool(repository, "biome")
        .args(["ci", "--error-on-warnings", "--colors", colors, "."])
        .run()
}

fn typescript(repository: &Repository) -> Result<()> {
    build::package(repository)?;
    for project in typescript_projects(repository)? {
        Process::tool(repository, "tsc")
            .args(["--project", &project])
            .run()?;
    }
    Ok(())
}

/// Every folder with a `tsconfig.json`, the package first because others read its types.
fn typescript_projects(repository: &Repository) -> Result<Vec<String>> {
    let mut projects: Vec<String> = repository
        .files()?
        .into_iter()
        .filter(|file| file.ends_with("/tsconfig.json"))
        .collect();
    projects.sort_by_key(|project| !project.starts_with("npm/"));
    Ok(projects)
}

fn clippy(repository: &Repository) -> Result<()> {
    Process::cargo(repository)
        .args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ])
        .run()
}

fn clippy_wasm(repository: &Repository) -> Result<()> {
    let packages = WASM_CRATES.iter().flat_map(|name| ["--package", name]);
    Process::cargo(repository)
        .args(["clippy", "--quiet", "--target", setup::WASM])
        .args(packages)
        .args(["--", "-D", "warnings"])
        .run()
}

fn rustdoc(repository: &Repository) -> Result<()> {
    Process::cargo(repository)
        .args(["doc", "--workspace", "--no-deps", "--quiet"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()
}
