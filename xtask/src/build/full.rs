//! `wasm/full`: compile, explain and simulate, for the console, Node tools and tests.

use anyhow::Result;

use super::{binaryen, bindgen, compile};
use crate::process::step;
use crate::repository::Repository;
use crate::stamp::Stamp;

/// More passes take three times as long and make a compressed file no smaller.
const PASS: &str = "-O1";

/// Makes `npm/wasm/full.js` and `npm/wasm/full_bg.wasm`.
pub(super) fn build(repository: &Repository) -> Result<()> {
    let module = compile(repository, "pennon-wasm-full")?;
    let directory = repository.path("npm/wasm");
    let outputs = [directory.join("full.js"), directory.join("full_bg.wasm")];
    Stamp::new(repository, "full")
        .setting(PASS)
        .input(&module)?
        .input(&repository.path("xtask/src/build/bindgen.rs"))?
        .unless_current(&outputs, || {
            step("binding the full artefact to JavaScript", || {
                bindgen::for_web(&module, &directory, "full")?;
                let wasm = directory.join("full_bg.wasm");
                binaryen::optimize(repository, &wasm, &wasm, &[PASS])
            })
        })
}
