//! Counts an environment once more, from its raw log, and demands that its totals are equal.
//!
//! `tally/rebuild/fetch.mjs` copies the log through the admin API, and the crate beside it counts.

use std::path::Path;

use anyhow::Result;

use crate::arguments::Arguments;
use crate::build;
use crate::process::{Process, step};
use crate::repository::Repository;
use crate::setup;

const OPTIONS: [&str; 4] = ["--control", "--token", "--project", "--environment"];

pub(crate) fn run(repository: &Repository, mut arguments: Arguments) -> Result<()> {
    let mut words = Vec::new();
    for option in OPTIONS {
        let value = arguments.take_option(option)?;
        let value = value.ok_or_else(|| anyhow::anyhow!("`{option}` is missing"))?;
        words.extend([option.to_owned(), value]);
    }
    arguments.finish()?;
    setup::npm_packages(repository)?;
    let program = build::native_program(repository, "pennon-rebuild")?;
    // Two recounts at once have a folder each, and the log does not stay behind.
    let folder = repository.scratch(&format!("rebuild-{}", std::process::id()))?;
    let counted = count(repository, &program, &folder, words);
    std::fs::remove_dir_all(&folder)?;
    print!("{}", counted?);
    Ok(())
}

fn count(
    repository: &Repository,
    program: &Path,
    folder: &Path,
    words: Vec<String>,
) -> Result<String> {
    step("copying the raw log", || {
        // Not through `args`, which would show the token where the command fails.
        Process::new(repository, "node")
            .arg("tally/rebuild/fetch.mjs")
            .hidden_args(words)
            .arg("--folder")
            .arg(folder)
            .run()
    })?;
    step("counting", || {
        Process::new(repository, &program.to_string_lossy())
            .arg(folder)
            .output()
    })
}
