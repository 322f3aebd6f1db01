//! `wasm/eval`: the evaluator that travels to browsers, and its form for pages without WebAssembly.

use std::path::Path;

use anyhow::Result;

use super::{binaryen, publish};
use crate::process::{Process, step};
use crate::repository::Repository;
use crate::setup;
use crate::stamp::Stamp;

const PACKAGE: &str = "pennon-wasm-eval";

/// wasm2js knows one table only, which rules the newer features out; the evaluator's recursion is
/// bounded when a plan is loaded, so a small stack is enough.
const RUST_FLAGS: &str =
    "-Ctarget-feature=-reference-types,-multivalue -Clink-arg=-zstack-size=32768";

/// Found by trying hundreds: structured anew and shrunk twice, the evaluator loses another 160 bytes.
/// Rust keeps its stack in low memory and nothing else, so offsets there may be folded.
const PASSES: [&str; 15] = [
    "--rse",
    "--flatten",
    "--rereloop",
    "--rse",
    "--simplify-locals-nostructure",
    "--local-cse",
    "--merge-blocks",
    "-Oz",
    "--monomorphize",
    "-Oz",
    "--converge",
    "--low-memory-unused",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// What `npm/src/engine/wasm.ts` calls.
const EXPORTS: [&str; 9] = [
    "memory", "alloc", "at", "begin", "decide", "kill", "load", "room", "word",
];

/// Makes `npm/wasm/eval.wasm` and `npm/wasm/eval-fallback.js`.
pub(super) fn build(repository: &Repository) -> Result<()> {
    // Flags of its own need a target directory of their own, or cargo builds everything again.
    let target = repository.target().join("eval");
    step("compiling pennon-wasm-eval to WebAssembly", || {
        Process::cargo(repository)
            .args([
                "build",
                "--package",
                PACKAGE,
                "--profile",
                "wasm",
                "--target",
                setup::WASM,
            ])
            .arg("--target-dir")
            .arg(&target)
            .env("RUSTFLAGS", RUST_FLAGS)
            .run()
    })?;
    let module = super::module_path(&target, PACKAGE, "wasm");
    let wasm = repository.path("npm/wasm/eval.wasm");
    let fallback = repository.path("npm/wasm/eval-fallback.js");
    Stamp::new(repository, "eval")
        .setting(&[PASSES.join(" "), EXPORTS.join(" ")].join(" "))
        .input(&module)?
        .input(&repository.path("xtask/src/build/binaryen.rs"))?
        .unless_current(&[wasm.clone(), fallback.clone()], || {
            finish(repository, &module, &wasm, &fallback)
        })
}

fn finish(repository: &Repository, module: &Path, wasm: &Path, fallback: &Path) -> Result<()> {
    let scratch = repository.scratch("eval")?;
    let stripped = scratch.join("eval.stripped.wasm");
    let optimized = scratch.join("eval.wasm");
    let script = scratch.join("eval-fallback.js");
    step("optimising the evaluator", || {
        binaryen::keep_exports(repository, module, &stripped, &EXPORTS)?;
        binaryen::optimize(repository, &stripped, &optimized, &PASSES)
    })?;
    step("writing the evaluator as JavaScript", || {
        binaryen::to_javascript(repository, &optimized, &script)
    })?;
    publish(&optimized, wasm)?;
    publish(&script, fallback)
}
