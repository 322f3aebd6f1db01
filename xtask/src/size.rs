//! Measures what travels, against its budgets.
//!
//! `budgets.json` beside this crate's manifest is the only place that holds them. Sizes are those of
//! Node's zlib, the encoders that servers use: brotli quality 11, gzip level 9.

mod measure;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::build;
use crate::repository::Repository;

/// What a thing may weigh.
pub(crate) struct Budget {
    pub(crate) name: String,
    compression: String,
    bytes: u64,
}

impl Budget {
    /// The budget as documents write it.
    #[expect(
        clippy::cast_precision_loss,
        reason = "budgets are far below 2^53 bytes"
    )]
    pub(crate) fn quoted(&self) -> String {
        format!("{:.1} kB", self.bytes as f64 / 1000.0)
    }
}

/// All budgets, in the order in which they are shown.
pub(crate) fn budgets(repository: &Repository) -> Result<Vec<Budget>> {
    let rows: Vec<Value> = serde_json::from_str(&repository.read("xtask/budgets.json")?)?;
    rows.iter()
        .map(|row| {
            Ok(Budget {
                name: row["name"]
                    .as_str()
                    .context("a budget without a name")?
                    .to_owned(),
                compression: row["compression"]
                    .as_str()
                    .context("no compression")?
                    .to_owned(),
                bytes: row["budget"].as_u64().context("a budget without bytes")?,
            })
        })
        .collect()
}

pub(crate) fn run(repository: &Repository, mut arguments: Arguments) -> Result<()> {
    let as_json = arguments.take_flag("--json");
    arguments.finish()?;
    report(repository, as_json)
}

/// Measures, prints a table and judges.
pub(crate) fn all(repository: &Repository) -> Result<()> {
    report(repository, false)
}

fn report(repository: &Repository, as_json: bool) -> Result<()> {
    build::all(repository)?;
    let (rows, missed) = judge(&budgets(repository)?, &measure::all(repository)?)?;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print_table(&rows);
    }
    if !missed.is_empty() {
        bail!("above the budget: {}", missed.join("; "));
    }
    Ok(())
}

/// Puts each budget beside what was measured; a budget without a measurement is an error.
fn judge(budgets: &[Budget], measured: &[Value]) -> Result<(Vec<Value>, Vec<String>)> {
    let mut rows = Vec::new();
    let mut missed = Vec::new();
    for budget in budgets {
        let row = measured
            .iter()
            .find(|row| row["name"] == budget.name.as_str())
            .with_context(|| format!("`{}` has a budget and was not measured", budget.name))?;
        // A size that this machine cannot measure is null, and was told about.
        let size = row[&budget.compression].as_u64().unwrap_or_default();
        if size > budget.bytes {
            missed.push(format!(
                "{} has {size} of {} bytes",
                budget.name, budget.bytes
            ));
        }
        rows.push(json!({
            "name": budget.name,
            "raw": row["raw"],
            "gzip": row["gzip"],
            "brotli": row["brotli"],
            "budget": budget.bytes,
        }));
    }
    Ok((rows, missed))
}

fn print_table(rows: &[Value]) {
    let columns = ["raw", "gzip", "brotli", "budget"];
    print!("{:<40}", "bytes");
    for column in columns {
        print!(" {column:>9}");
    }
    println!();
    for row in rows {
        print!("{:<40}", row["name"].as_str().unwrap_or_default());
        for column in columns {
            print!(" {:>9}", row[column].to_string());
        }
        println!();
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, judge};
    use serde_json::json;

    #[test]
    fn judges_by_the_compression_that_the_budget_names() {
        let budget = |compression: &str, bytes| Budget {
            name: "a".to_owned(),
            compression: compression.to_owned(),
            bytes,
        };
        let measured = [json!({ "name": "a", "raw": 30, "gzip": 20, "brotli": 10 })];
        for (compression, bytes, within) in [
            ("brotli", 10, true),
            ("brotli", 9, false),
            ("gzip", 20, true),
            ("gzip", 19, false),
        ] {
            let (rows, missed) = judge(&[budget(compression, bytes)], &measured).unwrap();
            assert_eq!(missed.is_empty(), within, "{compression} {bytes}");
            assert_eq!(rows[0]["budget"], bytes);
        }
        assert!(judge(&[budget("brotli", 1)], &[]).is_err());
    }
}
