//! What TypeScript imports: the same arrows as those between crates.

use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use crate::repository::{Repository, extension};

/// Folders that cross languages and may reach anything; nothing may reach them.
const OPEN: [&str; 4] = ["tests/", "benches/", "worker/test/", "wasm/full/test/"];

/// Where React may be known inside the package, and where nothing else of the package may be.
const REACT: &str = "npm/src/react";

/// Every import that no arrow allows, as a sentence.
pub(super) fn findings(repository: &Repository) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for file in repository.files()? {
        if !is_script(&file) || OPEN.iter().any(|open| file.starts_with(open)) {
            continue;
        }
        let text = repository.read(&file)?;
        let imports = text.lines().filter_map(specifier);
        findings.extend(
            imports
                .filter_map(|import| objection(&file, import))
                .map(|objection| format!("{file}: {objection}")),
        );
    }
    Ok(findings)
}

fn is_script(file: &str) -> bool {
    matches!(extension(file), "ts" | "tsx" | "js" | "mjs")
}

/// The text between quotes of an `import … from '…'`, `export … from '…'`, `import '…'` or
/// `import('…')`.
fn specifier(line: &str) -> Option<&str> {
    let is_comment = ["*", "//", "/*"]
        .iter()
        .any(|start| line.trim_start().starts_with(start));
    if is_comment {
        return None;
    }
    let after = match line.split_once("import(") {
        Some((_, after)) => after,
        None => match line.split_once(" from ") {
            Some((_, after)) => after,
            None => line.strip_prefix("import ")?,
        },
    };
    let quote = after
        .chars()
        .next()
        .filter(|first| matches!(first, '\'' | '"'))?;
    after.get(1..)?.split(quote).next()
}

fn objection(file: &str, import: &str) -> Option<String> {
    let is_test = file.contains(".test.") || file.contains(".test-d.");
    if import.starts_with('.') {
        let target = resolve(file, import);
        return match (folder(file), target.as_deref().and_then(folder)) {
            (from, Some(to)) if from == Some(to) => {
                react_objection(file, target.as_deref(), is_test)
            }
            (_, to) => Some(format!(
                "`{import}` leaves its folder for `{}`",
                to.unwrap_or("..")
            )),
        };
    }
    let package = import.split('/').next().unwrap_or(import);
    let knows_react = file.starts_with(REACT) || !file.starts_with("npm/src/") || is_test;
    let is_react = matches!(package, "react" | "react-dom") || import == "pennon/react";
    (is_react && !knows_react).then(|| format!("only `{REACT}` may import `{import}`"))
}

/// The vanilla client must not know its React binding.
fn react_objection(file: &str, target: Option<&str>, is_test: bool) -> Option<String> {
    let inside = file.starts_with(REACT) || file.starts_with("npm/src/entry/") || is_test;
    let to_react = target.is_some_and(|target| target.starts_with(&format!("{REACT}/")));
    (to_react && !inside).then(|| format!("only `{REACT}` may import from itself"))
}

/// The folder of the table that a file belongs to.
fn folder(file: &str) -> Option<&str> {
    let (parent, _) = file.rsplit_once('/')?;
    let depth = if parent.starts_with("examples/") || parent.starts_with("worker/") {
        2
    } else {
        1
    };
    let end = parent.match_indices('/').nth(depth - 1);
    parent.get(..end.map_or(parent.len(), |(end, _)| end))
}

fn resolve(file: &str, import: &str) -> Option<String> {
    let mut path = PathBuf::from(file).parent()?.to_owned();
    for part in Path::new(import).components() {
        match part {
            // Above the root there is nothing to name.
            Component::ParentDir => path.pop().then_some(())?,
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    Some(path.to_string_lossy().replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::{objection, specifier};

    #[test]
    fn finds_what_a_line_imports() {
        for (line, expected) in [
            ("import { a } from './a.ts';", Some("./a.ts")),
            ("export * from \"pennon\";", Some("pennon")),
            ("import 'x/y';", Some("x/y")),
            (
                "  const full = await import('../wasm/full.js');",
                Some("../wasm/full.js"),
            ),
            ("} from 'react';", Some("react")),
            ("const from = 'nowhere';", None),
            (" * import { useFlag } from 'pennon/react';", None),
        ] {
            assert_eq!(specifier(line), expected, "{line}");
        }
    }

    #[test]
    fn objects_to_arrows_outside_the_table() {
        for (file, import, allowed) in [
            ("npm/src/client/create.ts", "../engine/engine.ts", true),
            ("npm/src/client/create.ts", "react", false),
            ("npm/src/client/create.ts", "../react/use-flag.ts", false),
            ("npm/src/react/use-flag.ts", "react", true),
            ("npm/src/react/use-flag.ts", "../client/create.ts", true),
            ("npm/src/client/create.ts", "../../../core/x.ts", false),
            ("npm/src/client/create.ts", "pennon/react", false),
            ("npm/src/react/flag-provider.ts", "pennon", true),
            ("worker/serve.ts", "./local.ts", true),
            ("worker/serve.ts", "./edge/x.ts", false),
            ("examples/react-app/src/main.tsx", "pennon/react", true),
            (
                "examples/react-app/src/main.tsx",
                "../../../npm/src/client/create.ts",
                false,
            ),
        ] {
            assert_eq!(
                objection(file, import).is_none(),
                allowed,
                "{file} → {import}"
            );
        }
    }
}
