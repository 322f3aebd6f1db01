//! Mends what tools can mend.

use anyhow::Result;

use crate::arguments::Arguments;
use crate::process::{Process, step};
use crate::repository::Repository;
use crate::setup;

pub(crate) fn run(repository: &Repository, arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    setup::npm_packages(repository)?;
    step("applying the suggestions of clippy", || {
        Process::cargo(repository)
            .args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--fix",
                "--allow-dirty",
                "--allow-staged",
            ])
            .run()
    })?;
    step("formatting Rust", || {
        Process::cargo(repository).args(["fmt", "--all"]).run()
    })?;
    step("formatting TypeScript and applying its suggestions", || {
        Process::tool(repository, "biome")
            .args(["check", "--write", "."])
            .run()
    })
}
