//! Installs what a task needs and a fresh machine lacks.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::process::{Process, step};
use crate::repository::Repository;

/// The platform of everything that runs in browsers and in Workers.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Makes sure that Rust can compile to WebAssembly.
pub(crate) fn wasm_target(repository: &Repository) -> Result<()> {
    let library = Process::new(repository, "rustc")
        .args(["--print", "target-libdir", "--target", WASM])
        .output()?;
    if std::path::Path::new(library.trim()).exists() {
        return Ok(());
    }
    step("installing the wasm target of Rust", || {
        Process::new(repository, "rustup")
            .args(["target", "add", WASM])
            .run()
            .with_context(|| format!("install the Rust target `{WASM}` by hand"))
    })
}

/// Makes sure that the npm packages of the lock file are there, Node 22 among them.
pub(crate) fn npm_packages(repository: &Repository) -> Result<()> {
    if !installed_as_locked(repository)? {
        step("installing the npm packages", || {
            Process::new(repository, "npm")
                .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
                .run()
        })?;
    }
    node_version(repository)
}

/// Compares the lock file with npm's own record of what it has installed.
fn installed_as_locked(repository: &Repository) -> Result<bool> {
    let Ok(installed) = repository.read("node_modules/.package-lock.json") else {
        return Ok(false);
    };
    let installed: Value = serde_json::from_str(&installed)?;
    let locked: Value = serde_json::from_str(&repository.read("package-lock.json")?)?;
    let packages = locked["packages"]
        .as_object()
        .context("package-lock.json has no packages")?;
    Ok(packages.iter().all(|(path, package)| {
        let found = &installed["packages"][path];
        let elsewhere = package["optional"] == true || package["peer"] == true;
        let workspace = !path.contains("node_modules/");
        workspace || (elsewhere && found.is_null()) || found["version"] == package["version"]
    }))
}

/// The packages bring Node 22 for the common platforms; elsewhere the machine's own must do.
fn node_version(repository: &Repository) -> Result<()> {
    let version = Process::new(repository, "node").arg("--version").output()?;
    let major = version.trim().trim_start_matches('v').split('.').next();
    if major
        .and_then(|major| major.parse::<u32>().ok())
        .is_none_or(|major| major < 22)
    {
        bail!(
            "Node 22 or later is needed on this platform, found {}",
            version.trim()
        );
    }
    Ok(())
}
