//! The npm lock file must name the packages of every platform.
//!
//! npm writes a lock file with only its own platform's packages when it starts from an installed
//! tree; such a file installs here and fails on macOS or Windows.

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};

use super::report;
use crate::repository::Repository;

pub(super) fn check(repository: &Repository) -> Result<()> {
    let lock: Value = serde_json::from_str(&repository.read("package-lock.json")?)?;
    let packages = lock["packages"]
        .as_object()
        .context("package-lock.json has no packages")?;
    report(&missing(packages))
}

fn missing(packages: &Map<String, Value>) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, package) in packages {
        for kind in ["dependencies", "optionalDependencies"] {
            for name in package[kind].as_object().into_iter().flat_map(Map::keys) {
                if !is_present(packages, path, name) {
                    findings.push(format!(
                        "`{name}` of `{path}` is missing: delete node_modules and package-lock.json, then `npm install`"
                    ));
                }
            }
        }
    }
    findings
}

/// Looks where Node looks: beside the package, then in each folder above.
fn is_present(packages: &Map<String, Value>, path: &str, name: &str) -> bool {
    let mut folder = path;
    loop {
        let separator = if folder.is_empty() { "" } else { "/" };
        if packages.contains_key(&format!("{folder}{separator}node_modules/{name}")) {
            return true;
        }
        if folder.is_empty() {
            return false;
        }
        folder = folder
            .rsplit_once("/node_modules/")
            .map_or("", |(above, _)| above);
    }
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn finds_a_platform_that_is_not_locked() {
        let lock = serde_json::json!({
            "": { "dependencies": { "a": "1" } },
            "node_modules/a": { "optionalDependencies": { "a-linux": "1", "a-darwin": "1" } },
            "node_modules/a/node_modules/a-linux": {},
        });
        let findings = missing(lock.as_object().unwrap());
        assert_eq!(findings.len(), 1);
        assert!(
            findings[0].starts_with("`a-darwin` of `node_modules/a`"),
            "{findings:?}"
        );
    }
}
