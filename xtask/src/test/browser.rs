//! The browser that tests drive.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::process::{Process, step};
use crate::repository::Repository;

/// How tests are told where the browser is, and how a person tells this program.
pub(super) const VARIABLE: &str = "PENNON_CHROMIUM";

/// What it may be called, the most likely first.
const NAMES: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

#[cfg(target_os = "macos")]
const APPLICATIONS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
#[cfg(not(target_os = "macos"))]
const APPLICATIONS: [&str; 0] = [];

/// Finds Chromium, or installs it where that takes no questions.
pub(super) fn find_or_install(repository: &Repository) -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if may_use_apt(repository) {
        step("installing Chromium", || {
            // The lists of a fresh machine are empty or old.
            Process::new(repository, "apt-get")
                .args(["update", "--quiet"])
                .run()?;
            Process::new(repository, "apt-get")
                .args([
                    "install",
                    "--yes",
                    "--quiet",
                    "--no-install-recommends",
                    "chromium",
                ])
                .env("DEBIAN_FRONTEND", "noninteractive")
                .run()
        })?;
    }
    match find() {
        Some(found) => Ok(found),
        None => {
            bail!("install Chromium or Chrome, or set PENNON_CHROMIUM to its path, and start again")
        }
    }
}

fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        return Some(PathBuf::from(named));
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .chain(APPLICATIONS.map(PathBuf::from))
        .find(|candidate| candidate.is_file())
}

fn may_use_apt(repository: &Repository) -> bool {
    let is_root = Process::new(repository, "id")
        .arg("-u")
        .output()
        .is_ok_and(|id| id.trim() == "0");
    is_root
        && Process::new(repository, "apt-get")
            .arg("--version")
            .succeeds()
}
