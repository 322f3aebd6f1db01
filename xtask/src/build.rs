//! Builds everything that is shipped or served.
//!
//! Each part knows what it was made from: cargo for Rust, a stamp for what comes after, so a second
//! build does nothing twice.

mod binaryen;
mod bindgen;
mod eval;
mod full;
pub(crate) mod workers;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::arguments::Arguments;
use crate::process::{Process, step};
use crate::repository::Repository;
use crate::setup;
use crate::stamp::Stamp;

pub(crate) fn run(repository: &Repository, arguments: Arguments) -> Result<()> {
    let parts = arguments.rest()?;
    if parts.is_empty() {
        return all(repository);
    }
    prepare(repository)?;
    for part in parts {
        match part.as_str() {
            "eval" => eval::build(repository)?,
            "full" => full::build(repository)?,
            "npm" => package(repository)?,
            "workers" => workers::build(repository)?,
            other => bail!("`{other}` cannot be built: eval, full, npm and workers can"),
        }
    }
    Ok(())
}

/// Builds every part that is not current.
pub(crate) fn all(repository: &Repository) -> Result<()> {
    package(repository)?;
    workers::build(repository)
}

/// Builds the npm package and the artefacts inside it.
pub(crate) fn package(repository: &Repository) -> Result<()> {
    artefacts(repository)?;
    Stamp::new(repository, "npm")
        .input(&repository.path("npm/src"))?
        .input(&repository.path("npm/wasm"))?
        .input(&repository.path("npm/build.mjs"))?
        .input(&repository.path("npm/package.json"))?
        .input(&repository.path("npm/tsconfig.json"))?
        .input(&repository.path("tsconfig.base.json"))?
        .input(&repository.path("package-lock.json"))?
        .unless_current(&[repository.path("npm/dist")], || {
            step("building the npm package", || {
                Process::new(repository, "npm")
                    .args(["run", "build", "--workspace", "pennon"])
                    .run()
            })
        })
}

/// Builds the WebAssembly that the npm package carries.
pub(crate) fn artefacts(repository: &Repository) -> Result<()> {
    prepare(repository)?;
    eval::build(repository)?;
    full::build(repository)
}

/// Builds a program of the workspace for this machine and returns where it is.
pub(crate) fn native_program(repository: &Repository, package: &str) -> Result<PathBuf> {
    Process::cargo(repository)
        .args(["build", "--quiet", "--package", package])
        .run()?;
    let file = format!("{package}{}", std::env::consts::EXE_SUFFIX);
    Ok(repository.target().join("debug").join(file))
}

/// Puts a finished file where others may be reading its predecessor at this moment.
fn publish(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let beside = to.with_extension("new");
    std::fs::copy(from, &beside)
        .and_then(|_| std::fs::rename(&beside, to))
        .with_context(|| format!("cannot write `{}`", to.display()))
}

fn prepare(repository: &Repository) -> Result<()> {
    setup::wasm_target(repository)?;
    setup::npm_packages(repository)
}

/// Compiles a crate to WebAssembly in a size-conscious profile and returns the module's path.
fn compile(repository: &Repository, package: &str, profile: &str) -> Result<PathBuf> {
    step(&format!("compiling {package} to WebAssembly"), || {
        Process::cargo(repository)
            .args([
                "build",
                "--package",
                package,
                "--profile",
                profile,
                "--target",
                setup::WASM,
            ])
            .run()
    })?;
    Ok(module_path(&repository.target(), package, profile))
}

fn module_path(target: &Path, package: &str, profile: &str) -> PathBuf {
    let file = format!("{}.wasm", package.replace('-', "_"));
    target.join(setup::WASM).join(profile).join(file)
}
