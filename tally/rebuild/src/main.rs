//! Counts an environment once more, from its raw log, and compares that with its totals.
//!
//! `pennon-rebuild FOLDER`, where `fetch.mjs` has put totals, log, definitions and contributions.
//! Prints `{"files","lines","cells","aside","differences"}`; the differences go to standard error, and any
//! makes the exit status 1.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal talks to the person who started it"
)]

mod archive;
mod compare;
mod log;
mod recount;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::recount::Recount;

/// Differences that are told one by one.
const TOLD: usize = 50;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether both counts are equal.
fn run() -> Result<bool> {
    let folder = std::env::args().nth(1).map(PathBuf::from);
    let folder = folder.context("which folder?")?;
    let totals = archive::totals(&folder)?;
    let log = archive::read(&folder)?;
    let mut recount = Recount::new(&log, &totals);
    for line in &log.lines {
        recount.learn_merge(line);
    }
    for line in &log.lines {
        recount.count(line);
    }
    let cells = recount.cells(&log.contributions)?;
    let differences = compare::differences(&cells, &totals);
    for difference in differences.iter().take(TOLD) {
        eprintln!("{difference}");
    }
    let summary = serde_json::json!({
        "files": log.files,
        "lines": log.lines.len(),
        "cells": cells.iter().count(),
        "aside": totals.aside,
        "differences": differences.len(),
    });
    println!("{summary}");
    Ok(differences.is_empty())
}
