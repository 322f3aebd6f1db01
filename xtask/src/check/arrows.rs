//! Which folder may depend on which: the table of `docs/architecture.md`, as a program.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{imports, report};
use crate::process::Process;
use crate::repository::Repository;

/// What a folder may depend on.
struct Arrows {
    folder: &'static str,
    /// Folders of this repository.
    inside: &'static [&'static str],
    /// Crates of other people; `None` where the table leaves them open.
    outside: Option<&'static [&'static str]>,
}

const RUST: [Arrows; 14] = [
    Arrows {
        folder: "core",
        inside: &[],
        outside: Some(&[]),
    },
    Arrows {
        folder: "ruleset",
        inside: &["core"],
        outside: Some(&[
            "serde",
            "serde_json",
            "indexmap",
            "schemars",
            "regex",
            "regex-automata",
            "regex-syntax",
            "fancy-regex",
            "sha2",
            "thiserror",
        ]),
    },
    Arrows {
        folder: "import",
        inside: &["core", "ruleset"],
        outside: Some(&["serde", "serde_json"]),
    },
    Arrows {
        folder: "api",
        inside: &["ruleset"],
        outside: Some(&["serde", "serde_json", "thiserror"]),
    },
    Arrows {
        folder: "tally",
        inside: &["api"],
        outside: Some(&["serde"]),
    },
    Arrows {
        folder: "tally/rebuild",
        inside: &["core", "tally", "api"],
        outside: Some(&["anyhow", "serde", "serde_json"]),
    },
    Arrows {
        folder: "wire",
        inside: &[],
        outside: Some(&["base64", "percent-encoding", "serde_json"]),
    },
    Arrows {
        folder: "wasm/eval",
        inside: &["core"],
        outside: Some(&[]),
    },
    Arrows {
        folder: "wasm/full",
        inside: &["core", "ruleset", "import"],
        outside: Some(&[
            "wasm-bindgen",
            "js-sys",
            "serde",
            "serde_json",
            "serde-wasm-bindgen",
            "web-sys",
            "console_error_panic_hook",
        ]),
    },
    Arrows {
        folder: "worker/edge",
        inside: &["core", "ruleset", "api", "wire"],
        outside: None,
    },
    Arrows {
        folder: "worker/control",
        inside: &["core", "ruleset", "import", "stats", "tally", "api"],
        outside: None,
    },
    Arrows {
        folder: "xtask",
        inside: &[],
        outside: None,
    },
    Arrows {
        folder: "tests/parity",
        inside: &["ruleset"],
        outside: None,
    },
    Arrows {
        folder: "tests/conformance",
        inside: &["core", "ruleset", "import"],
        outside: None,
    },
];

/// What the browser's evaluator may reach, directly or through others.
const REACH_OF_EVAL: [&str; 2] = ["pennon-wasm-eval", "pennon-core"];

pub(super) fn check(repository: &Repository) -> Result<()> {
    let metadata = Process::cargo(repository)
        .args(["metadata", "--format-version", "1", "--all-features"])
        .output()?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let mut findings = rust_findings(repository, &metadata)?;
    findings.extend(reach_findings(&metadata)?);
    findings.extend(imports::findings(repository)?);
    report(&findings)
}

fn rust_findings(repository: &Repository, metadata: &Value) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for package in members(metadata)? {
        let manifest = package["manifest_path"].as_str().unwrap_or_default();
        let folder = folder_of(
            repository,
            Path::new(manifest).parent().unwrap_or(Path::new("")),
        );
        let Some(arrows) = RUST.iter().find(|arrows| arrows.folder == folder) else {
            findings.push(format!("`{folder}` has no row in the table of arrows"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // Tests may use what the crate itself may not.
            if dependency["kind"] == "dev" {
                continue;
            }
            let name = dependency["name"].as_str().unwrap_or_default();
            let allowed = match dependency["path"].as_str() {
                Some(path) => arrows
                    .inside
                    .contains(&folder_of(repository, Path::new(path)).as_str()),
                None => arrows.outside.is_none_or(|outside| outside.contains(&name)),
            };
            if !allowed {
                findings.push(format!("`{folder}` must not depend on `{name}`"));
            }
        }
    }
    Ok(findings)
}

/// Follows the resolved dependencies of `wasm/eval` as far as they go.
fn reach_findings(metadata: &Value) -> Result<Vec<String>> {
    let nodes = metadata["resolve"]["nodes"]
        .as_array()
        .context("cargo metadata without a graph")?;
    let names = |id: &str| {
        metadata["packages"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|package| package["id"] == id)
            .and_then(|package| package["name"].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let mut waiting: Vec<&str> = nodes
        .iter()
        .filter_map(|node| node["id"].as_str())
        .filter(|id| names(id) == "pennon-wasm-eval")
        .collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !reached.insert(id) {
            continue;
        }
        let node = nodes
            .iter()
            .find(|node| node["id"] == id)
            .context("cargo metadata names an unknown package")?;
        let normal = node["deps"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|dependency| {
                dependency["dep_kinds"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|kind| kind["kind"] != "dev")
            });
        waiting.extend(normal.filter_map(|dependency| dependency["pkg"].as_str()));
    }
    Ok(reached
        .into_iter()
        .map(names)
        .filter(|name| !REACH_OF_EVAL.contains(&name.as_str()))
        .map(|name| format!("`wasm/eval` reaches `{name}`"))
        .collect())
}

fn members(metadata: &Value) -> Result<impl Iterator<Item = &Value>> {
    let members = metadata["workspace_members"]
        .as_array()
        .context("cargo metadata without members")?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata without packages")?;
    Ok(packages
        .iter()
        .filter(move |package| members.contains(&package["id"])))
}

fn folder_of(repository: &Repository, path: &Path) -> String {
    let relative = path.strip_prefix(repository.root()).unwrap_or(path);
    relative.to_string_lossy().replace('\\', "/")
}
