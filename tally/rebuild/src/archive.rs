//! The files that shards have written, in a folder that `fetch.mjs` has filled. Their contract is
//! `docs/raw-log.md`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pennon_api::{ShardCell, ShardTotals, Totals};
use pennon_tally::Levels;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::log::{Line, Log};

/// One file of `contrib/`.
#[derive(Deserialize)]
struct Contribution {
    rows: Vec<ShardCell>,
}

/// The totals that the log is compared with.
pub(crate) fn totals(folder: &Path) -> Result<Totals> {
    json(&folder.join("totals.json"))
}

/// What each shard says itself.
#[derive(Deserialize)]
struct Told {
    shards: Vec<ShardTotals>,
}

/// Log, definitions, contributions, and what shards give cells of their own.
pub(crate) fn read(folder: &Path) -> Result<Log> {
    let mut log = Log::default();
    let exact = folder.join("exact.json");
    if exact.exists() {
        let told: Told = json(&exact)?;
        let tables = told
            .shards
            .iter()
            .map(|shard| Levels::of_tables(&shard.levels));
        log.shards = tables.collect();
    }
    for file in files(&folder.join("defs"))? {
        let hash = file.file_stem().and_then(|stem| stem.to_str());
        let hash = hash.context("a file of `defs/` has no name")?.to_owned();
        log.definitions.insert(hash, json(&file)?);
    }
    for file in files(&folder.join("contrib"))? {
        let contribution: Contribution = json(&file)?;
        log.contributions.extend(contribution.rows);
    }
    for file in files(&folder.join("log"))? {
        log.files += 1;
        log.lines.extend(lines(&file)?);
    }
    log.lines
        .sort_by(|one, other| (one.received_at, &one.id).cmp(&(other.received_at, &other.id)));
    Ok(log)
}

fn lines(file: &Path) -> Result<Vec<Line>> {
    let text = text(file)?;
    let read =
        |line| serde_json::from_str(line).with_context(|| format!("`{}`: {line}", file.display()));
    text.lines()
        .filter(|line| !line.is_empty())
        .map(read)
        .collect()
}

fn json<T: DeserializeOwned>(file: &Path) -> Result<T> {
    serde_json::from_str(&text(file)?).with_context(|| format!("`{}`", file.display()))
}

fn text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))
}

/// Every file below a folder, in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder);
    for entry in entries.with_context(|| format!("cannot list `{}`", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
