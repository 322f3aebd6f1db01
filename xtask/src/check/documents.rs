//! Documents must not promise what is not there: links, commands, figures.

use std::path::Path;

use anyhow::Result;

use super::report;
use crate::repository::{Repository, extension};
use crate::size::budgets;
use crate::verb_names;

/// Documents whose commands people copy.
const WITH_COMMANDS: [&str; 2] = ["README.md", "CONTRIBUTING.md"];

/// The README stays readable in one go.
const README_LINES: usize = 150;

pub(super) fn check(repository: &Repository) -> Result<()> {
    let mut findings = Vec::new();
    for file in repository.files()? {
        if extension(&file) == "md" {
            let text = repository.read(&file)?;
            findings.extend(dead_links(repository, &file, &text));
            if WITH_COMMANDS.contains(&file.as_str()) {
                findings.extend(unknown_commands(&file, &text));
            }
        }
    }
    findings.extend(readme_findings(repository)?);
    report(&findings)
}

fn dead_links(repository: &Repository, file: &str, text: &str) -> Vec<String> {
    links(text)
        .into_iter()
        .filter(|link| !link.contains("://") && !link.starts_with("mailto:"))
        .filter(|link| !leads_somewhere(repository, file, text, link))
        .map(|link| format!("{file}: the link `{link}` leads nowhere"))
        .collect()
}

fn leads_somewhere(repository: &Repository, file: &str, text: &str, link: &str) -> bool {
    let (path, anchor) = link
        .split_once('#')
        .map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let target = repository
        .path(file)
        .parent()
        .unwrap_or(Path::new(""))
        .join(path);
    let Some(anchor) = anchor else {
        return target.exists();
    };
    if path.is_empty() {
        return anchors(text).any(|known| known == anchor);
    }
    std::fs::read_to_string(target).is_ok_and(|text| anchors(&text).any(|known| known == anchor))
}

/// The targets of `[text](target)`, outside code.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut in_fence = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_fence = !in_fence;
        }
        if !in_fence {
            let prose = without_code(line);
            let targets = prose
                .split("](")
                .skip(1)
                .filter_map(|rest| rest.split_once(')'));
            links.extend(targets.map(|(link, _)| link.to_owned()));
        }
    }
    links
}

/// A line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// The anchors that headings make, spelled as GitHub does.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|heading| {
            heading
                .trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
}

/// Lines of `sh` blocks that are neither a task of ours nor the way into a clone.
fn unknown_commands(file: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let mut in_shell = false;
    for line in text.lines() {
        if let Some(language) = line.strip_prefix("```") {
            in_shell = language == "sh";
            continue;
        }
        let command = line.split('#').next().unwrap_or(line).trim();
        if in_shell && !command.is_empty() && !is_known(command) {
            findings.push(format!(
                "{file}: `{command}` is not a command that the tests know"
            ));
        }
    }
    findings
}

fn is_known(command: &str) -> bool {
    if command.starts_with("git clone ") || command.starts_with("cd ") || command == "cargo xtask" {
        return true;
    }
    let Some(rest) = command.strip_prefix("cargo xtask ") else {
        return false;
    };
    let verb = rest.split_whitespace().next().unwrap_or_default();
    verb_names().any(|name| name == verb)
}

/// The README quotes every budget, and is not longer than people read.
fn readme_findings(repository: &Repository) -> Result<Vec<String>> {
    let readme = repository.read("README.md")?;
    let mut findings: Vec<String> = budgets(repository)?
        .into_iter()
        .filter(|budget| {
            !readme
                .lines()
                .any(|line| line.contains(&budget.name) && line.contains(&budget.quoted()))
        })
        .map(|budget| {
            format!(
                "README.md: no line says `{}` and `{}`",
                budget.name,
                budget.quoted()
            )
        })
        .collect();
    let lines = readme.lines().count();
    if lines > README_LINES {
        findings.push(format!(
            "README.md: {lines} lines, {README_LINES} are the limit"
        ));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::{anchors, links, unknown_commands};

    #[test]
    fn finds_links_outside_code() {
        let text = "See [a](b.md) and [`c`](d.md#e), not `[x](y)`.\n```\n[z](z)\n```\n";
        assert_eq!(links(text), ["b.md", "d.md#e"]);
    }

    #[test]
    fn spells_anchors_as_github_does() {
        let found: Vec<String> = anchors("# Two words\n## `code`, and more\n").collect();
        assert_eq!(found, ["two-words", "code-and-more"]);
    }

    #[test]
    fn knows_the_commands_of_the_documents() {
        let text = "```sh\ncargo xtask test # all\ncargo xtask fly\nmake\n```\n```js\nmake\n```\n";
        assert_eq!(unknown_commands("README.md", text).len(), 2);
    }
}
