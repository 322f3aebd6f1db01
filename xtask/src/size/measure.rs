//! The sizes themselves.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::build::workers::BUILD_OF_EDGE;
use crate::process::Process;
use crate::repository::Repository;

/// Sums the sizes of files, each compressed by itself, as they travel.
const COMPRESS: &str = "
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
const sum = { raw: 0, gzip: 0, brotli: 0 };
for (const path of process.argv.slice(1)) {
  const bytes = readFileSync(path);
  sum.raw += bytes.length;
  sum.gzip += gzipSync(bytes, { level: 9 }).length;
  sum.brotli += brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;
}
console.log(JSON.stringify(sum));
";

/// What `benches/plan-size.mjs` measures.
const PLANS: [&str; 2] = ["plan of 100 varied flags", "plan of 1000 varied flags"];

/// Everything that has a budget; needs a complete build.
pub(super) fn all(repository: &Repository) -> Result<Vec<Value>> {
    let index = format!("{BUILD_OF_EDGE}/index.js");
    let wasm = format!("{BUILD_OF_EDGE}/index_bg.wasm");
    let mut rows = vec![
        files(
            repository,
            "wasm/eval, native operators",
            &["npm/wasm/eval.wasm"],
        )?,
        files(
            repository,
            "wasm/eval, native and PostHog operators",
            &["npm/wasm/eval-posthog.wasm"],
        )?,
        files(
            repository,
            "wasm2js fallback",
            &["npm/wasm/eval-fallback.js"],
        )?,
        files(repository, "edge Worker, gzip", &[&index, &wasm])?,
    ];
    rows.extend(script(repository, "npm/size.mjs")?);
    rows.extend(plans(repository)?);
    Ok(rows)
}

/// The plans are those of the peers' harness, which not every machine has.
fn plans(repository: &Repository) -> Result<Vec<Value>> {
    let measured = script(repository, "benches/plan-size.mjs")?;
    if !measured.is_empty() {
        return Ok(measured);
    }
    eprintln!("!! PLAN SIZES WERE NOT MEASURED: there is no harness of the peers");
    Ok(PLANS.map(|name| json!({ "name": name })).to_vec())
}

/// The rows that a script prints; none when it could not measure.
fn script(repository: &Repository, path: &str) -> Result<Vec<Value>> {
    let printed = Process::new(repository, "node")
        .args([path, "--json"])
        .output_regardless()?;
    if printed.trim().is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_str(&printed).with_context(|| format!("`{path}` did not print its rows"))
}

fn files(repository: &Repository, name: &str, files: &[&str]) -> Result<Value> {
    let printed = Process::new(repository, "node")
        .args(["--input-type=module", "--eval", COMPRESS, "--"])
        .args(files)
        .output()?;
    let mut row: Value = serde_json::from_str(&printed)?;
    row["name"] = json!(name);
    Ok(row)
}
