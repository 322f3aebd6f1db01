//! Writes a version everywhere, closes the changelog section, commits and tags.

use anyhow::{Context as _, Result, bail};

use crate::arguments::Arguments;
use crate::process::{Process, step};
use crate::repository::Repository;

const UNRELEASED: &str = "## Unreleased";

/// Files that hold the version, beside the lock files that tools write.
const FILES: [&str; 6] = [
    "Cargo.toml",
    "Cargo.lock",
    "npm/package.json",
    "examples/react-app/package.json",
    "package-lock.json",
    "CHANGELOG.md",
];

pub(crate) fn run(repository: &Repository, mut arguments: Arguments) -> Result<()> {
    let version = arguments
        .next()
        .context("which version? `cargo xtask release X.Y.Z`")?;
    arguments.finish()?;
    if !is_version(&version) {
        bail!("`{version}` is not of the form X.Y.Z");
    }
    let changes = Process::new(repository, "git")
        .args(["status", "--porcelain"])
        .output()?;
    if !changes.trim().is_empty() {
        bail!("commit or put away your changes first:\n{changes}");
    }
    let old = current_version(&repository.read("Cargo.toml")?)?;
    let date = Process::new(repository, "git")
        .args(["log", "-1", "--format=%cd", "--date=short"])
        .output()?;
    let changelog = close_section(&repository.read("CHANGELOG.md")?, &version, date.trim())?;
    repository.write("CHANGELOG.md", changelog)?;
    let pattern = format!("version = \"{old}\"");
    replace_first(
        repository,
        "Cargo.toml",
        &pattern,
        &format!("version = \"{version}\""),
    )?;
    let pattern = format!("\"version\": \"{old}\"");
    replace_first(
        repository,
        "npm/package.json",
        &pattern,
        &format!("\"version\": \"{version}\""),
    )?;
    let pattern = format!("\"pennon\": \"{old}\"");
    let dependency = format!("\"pennon\": \"{version}\"");
    replace_first(
        repository,
        "examples/react-app/package.json",
        &pattern,
        &dependency,
    )?;
    step("bringing the lock files up to date", || {
        Process::cargo(repository)
            .args(["update", "--workspace", "--offline"])
            .run()?;
        Process::new(repository, "npm")
            .args(["install", "--package-lock-only"])
            .run()
    })?;
    let tag = format!("v{version}");
    Process::new(repository, "git")
        .arg("add")
        .args(FILES)
        .run()?;
    Process::new(repository, "git")
        .args(["commit", "--message", &format!("Release {version}")])
        .run()?;
    Process::new(repository, "git").args(["tag", &tag]).run()?;
    println!("{tag} is tagged; pushing it publishes: git push origin HEAD {tag}");
    Ok(())
}

fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 3
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn current_version(manifest: &str) -> Result<String> {
    manifest
        .lines()
        .find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .context("Cargo.toml has no workspace version")
}

/// Puts what is unreleased under a heading of its own, and an empty section above it.
fn close_section(changelog: &str, version: &str, date: &str) -> Result<String> {
    let (before, after) = changelog
        .split_once(UNRELEASED)
        .with_context(|| format!("CHANGELOG.md has no `{UNRELEASED}`"))?;
    let section = after.split("\n## ").next().unwrap_or(after);
    if section.trim().is_empty() {
        bail!("nothing is written under `{UNRELEASED}`");
    }
    Ok(format!(
        "{before}{UNRELEASED}\n\n## {version} - {date}{after}"
    ))
}

fn replace_first(repository: &Repository, file: &str, from: &str, to: &str) -> Result<()> {
    let text = repository.read(file)?;
    if !text.contains(from) {
        bail!("`{file}` does not say `{from}`");
    }
    repository.write(file, text.replacen(from, to, 1))
}

#[cfg(test)]
mod tests {
    use super::{close_section, is_version};

    #[test]
    fn knows_versions() {
        for (text, expected) in [
            ("1.2.3", true),
            ("0.10.0", true),
            ("1.2", false),
            ("v1.2.3", false),
            ("1..3", false),
        ] {
            assert_eq!(is_version(text), expected, "{text}");
        }
    }

    #[test]
    fn closes_a_section_that_says_something() {
        let closed = close_section(
            "# Changelog\n\n## Unreleased\n\n- a\n",
            "1.0.0",
            "2026-01-02",
        );
        assert_eq!(
            closed.unwrap(),
            "# Changelog\n\n## Unreleased\n\n## 1.0.0 - 2026-01-02\n\n- a\n"
        );
        assert!(close_section("## Unreleased\n\n## 0.1.0\n- a\n", "1.0.0", "2026-01-02").is_err());
    }
}
