//! `wasm/full`: compile, explain and simulate, for the console, Node tools and tests.

use anyhow::Result;

use super::{binaryen, bindgen, compile, publish};
use crate::process::step;
use crate::repository::Repository;
use crate::stamp::Stamp;

/// More passes take three times as long and make a compressed file no smaller.
const PASS: &str = "-O1";

/// Makes `npm/wasm/full.js` and `npm/wasm/full_bg.wasm`.
pub(super) fn build(repository: &Repository) -> Result<()> {
    let module = compile(repository, "pennon-wasm-full", "wasm")?;
    let directory = repository.path("npm/wasm");
    let script = directory.join("full.js");
    let wasm = directory.join("full_bg.wasm");
    Stamp::new(repository, "full")
        .setting(PASS)
        .input(&module)?
        .input(&repository.path("xtask/src/build/bindgen.rs"))?
        .unless_current(&[script.clone(), wasm.clone()], || {
            step("binding the full artefact to JavaScript", || {
                let scratch = repository.scratch("full")?;
                bindgen::for_web(&module, &scratch, "full")?;
                let bound = scratch.join("full_bg.wasm");
                let optimized = scratch.join("full.wasm");
                binaryen::optimize(repository, &bound, &optimized, &[PASS])?;
                publish(&optimized, &wasm)?;
                publish(&scratch.join("full.js"), &script)
            })
        })
}
