//! Rules about single files: how long they may be and what they may be called.

use anyhow::Result;

use super::report;
use crate::repository::{Repository, extension};

const LINES: usize = 400;

/// Longer files, each with the reason why it is one idea all the same.
const LONG: [(&str, &str); 0] = [];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] = [
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "service",
];

/// Endings that tell two halves of a thing apart without saying what either is.
const EMPTY_ENDINGS: [&str; 3] = ["_internal", "_raw", "_v2"];

pub(super) fn check(repository: &Repository) -> Result<()> {
    let mut findings = Vec::new();
    for file in repository.files()? {
        findings.extend(name_objection(&file));
        if is_source(&file) && !is_test(&file) {
            let lines = shipped_lines(&repository.read(&file)?);
            if lines > LINES && !LONG.iter().any(|(long, _)| *long == file) {
                findings.push(format!("{file}: {lines} lines, {LINES} are the limit"));
            }
        }
    }
    report(&findings)
}

fn is_source(file: &str) -> bool {
    matches!(extension(file), "rs" | "ts" | "tsx" | "js" | "mjs" | "css")
}

fn is_test(file: &str) -> bool {
    file.starts_with("tests/")
        || ["/tests/", "/test/", "/fuzz/", ".test.", ".test-d."]
            .iter()
            .any(|part| file.contains(part))
        || file.ends_with("tests.rs")
}

/// Lines of a file without its inline tests.
fn shipped_lines(text: &str) -> usize {
    text.lines()
        .take_while(|line| *line != "#[cfg(test)]")
        .count()
}

fn name_objection(file: &str) -> Option<String> {
    if !is_source(file) {
        return None;
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    if name == "mod.rs" || name == "types.rs" {
        return Some(format!(
            "{file}: a module file is called after what it is about"
        ));
    }
    let stem = name.split('.').next().unwrap_or(name).replace('-', "_");
    let empty = file
        .split(['/', '.', '-', '_'])
        .find(|word| EMPTY_NAMES.contains(word))
        .or_else(|| {
            EMPTY_ENDINGS
                .into_iter()
                .find(|ending| stem.ends_with(ending))
        })?;
    Some(format!("{file}: `{empty}` names no concept"))
}

#[cfg(test)]
mod tests {
    use super::{name_objection, shipped_lines};

    #[test]
    fn objects_to_names_without_a_concept() {
        for (file, allowed) in [
            ("core/src/bucket.rs", true),
            ("core/src/utils.rs", false),
            ("core/src/bucket/mod.rs", false),
            ("ruleset/src/types.rs", false),
            ("npm/src/types.ts", true),
            ("npm/src/common/store.ts", false),
            ("npm/src/survey-helpers.ts", false),
            ("npm/src/engine-v2.ts", false),
            ("worker/control/src/routes/internal.rs", true),
            ("docs/utils.md", true),
        ] {
            assert_eq!(name_objection(file).is_none(), allowed, "{file}");
        }
    }

    #[test]
    fn leaves_inline_tests_out() {
        assert_eq!(
            shipped_lines("fn a() {}\n#[cfg(test)]\nmod tests {\n}\n"),
            1
        );
    }
}
