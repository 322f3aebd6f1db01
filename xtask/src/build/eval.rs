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

/// An artefact: what it is called, and the features it is compiled with.
struct Artefact {
    name: &'static str,
    features: &'static str,
}

const ARTEFACTS: [Artefact; 2] = [
    Artefact {
        name: "eval",
        features: "",
    },
    Artefact {
        name: "eval-posthog",
        features: "posthog",
    },
];

/// Makes `eval.wasm` and `eval-posthog.wasm` in `npm/wasm`, and each of them as JavaScript.
pub(super) fn build(repository: &Repository) -> Result<()> {
    for artefact in &ARTEFACTS {
        build_one(repository, artefact)?;
    }
    Ok(())
}

fn build_one(repository: &Repository, artefact: &Artefact) -> Result<()> {
    // Flags of its own need a target directory of their own, or cargo builds everything again.
    let target = repository.target().join(artefact.name);
    step(
        &format!("compiling {} to WebAssembly", artefact.name),
        || {
            Process::cargo(repository)
                .args([
                    "build",
                    "--package",
                    PACKAGE,
                    "--profile",
                    "wasm",
                    "--target",
                    setup::WASM,
                    "--features",
                    artefact.features,
                ])
                .arg("--target-dir")
                .arg(&target)
                .env("RUSTFLAGS", RUST_FLAGS)
                .run()
        },
    )?;
    let module = super::module_path(&target, PACKAGE, "wasm");
    let name = artefact.name;
    let wasm = repository.path(&format!("npm/wasm/{name}.wasm"));
    let fallback = repository.path(&format!("npm/wasm/{name}-fallback.js"));
    Stamp::new(repository, name)
        .setting(&[PASSES.join(" "), EXPORTS.join(" ")].join(" "))
        .input(&module)?
        .input(&repository.path("xtask/src/build/binaryen.rs"))?
        .unless_current(&[wasm.clone(), fallback.clone()], || {
            finish(repository, name, &module, &wasm, &fallback)
        })
}

fn finish(
    repository: &Repository,
    name: &str,
    module: &Path,
    wasm: &Path,
    fallback: &Path,
) -> Result<()> {
    let scratch = repository.scratch(name)?;
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
