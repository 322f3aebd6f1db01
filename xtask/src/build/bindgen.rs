//! wasm-bindgen as a library, at the exact version of the crate.

use std::path::Path;

use anyhow::Result;
use wasm_bindgen_cli_support::Bindgen;

/// Writes `NAME.js` and `NAME_bg.wasm` for pages and for Node: the caller passes the module in.
pub(super) fn for_web(module: &Path, directory: &Path, name: &str) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?;
    write(&mut bindgen, module, directory, name)
}

/// Writes `NAME.js` and `NAME_bg.wasm` for workerd, with a function that starts the module again
/// after a trap.
pub(super) fn for_worker(module: &Path, directory: &Path, name: &str) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.module(true)?;
    bindgen.reset_state_function(true);
    write(&mut bindgen, module, directory, name)
}

fn write(bindgen: &mut Bindgen, module: &Path, directory: &Path, name: &str) -> Result<()> {
    bindgen
        .input_path(module)
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(directory)
}
