//! The Workers: `worker/edge/build` and `worker/control/build`, ready for workerd and wrangler.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{binaryen, bindgen, compile, prepare, publish};
use crate::process::{Process, step};
use crate::repository::Repository;
use crate::stamp::Stamp;

/// Where the edge Worker is, once built.
pub(crate) const BUILD_OF_EDGE: &str = "worker/edge/build";

const WORKERS: [(&str, &str); 2] = [
    ("pennon-worker-edge", "worker/edge"),
    ("pennon-worker-control", "worker/control"),
];

/// The part of a Worker that is not Rust.
const ENTRY: &str = include_str!("worker-entry.js");

/// What runs for each request is made fast, the rest small: see the root `Cargo.toml`.
const PROFILE: &str = "worker";

/// More passes take three times as long and make a compressed file larger.
const PASS: &str = "-O1";

/// Makes `index.js` and `index_bg.wasm` of both Workers.
pub(crate) fn build(repository: &Repository) -> Result<()> {
    prepare(repository)?;
    for (package, folder) in WORKERS {
        let module = compile(repository, package, PROFILE)?;
        let directory = repository.path(folder).join("build");
        let script = directory.join("index.js");
        let wasm = directory.join("index_bg.wasm");
        Stamp::new(repository, package)
            .setting(ENTRY)
            .setting(PASS)
            .input(&module)?
            .input(&repository.path("xtask/src/build/bindgen.rs"))?
            .unless_current(&[script.clone(), wasm.clone()], || {
                step(&format!("bundling {package}"), || {
                    let scratch = repository.scratch(package)?;
                    bindgen::for_worker(&module, &scratch, "index")?;
                    let bound = scratch.join("index_bg.wasm");
                    let optimized = scratch.join("optimized.wasm");
                    binaryen::optimize(repository, &bound, &optimized, &[PASS])?;
                    let bundled = bundle(repository, &scratch)?;
                    publish(&optimized, &wasm)?;
                    publish(&bundled, &script)
                })
            })?;
    }
    Ok(())
}

/// Puts the entry, the bindings and their snippets into one script.
fn bundle(repository: &Repository, scratch: &Path) -> Result<PathBuf> {
    let bindings = scratch.join("index.js");
    let text = std::fs::read_to_string(&bindings)?;
    // Source-phase imports are how wasm-bindgen asks for a module that is not instantiated yet, and
    // what a plain import of a .wasm file means to workerd and wrangler.
    std::fs::write(&bindings, text.replace("import source ", "import "))?;
    let entry = scratch.join("entry.js");
    let script = scratch.join("bundle.js");
    std::fs::write(&entry, entry_for(&text))?;
    Process::tool(repository, "esbuild")
        .args([
            "--bundle",
            "--minify",
            "--format=esm",
            "--target=es2022",
            "--log-level=warning",
        ])
        .args([
            "--external:./index_bg.wasm",
            "--external:cloudflare:*",
            "--external:node:*",
        ])
        .arg(&entry)
        .arg(format!("--outfile={}", script.display()))
        .run()?;
    Ok(script)
}

/// The common entry, and an export for each durable object.
fn entry_for(bindings: &str) -> String {
    let mut entry = ENTRY.to_owned();
    for name in durable_objects(bindings) {
        entry.extend(["export const ", name, " = durable(wasm.", name, ");\n"]);
    }
    entry
}

/// The exported classes that answer requests; other classes are plumbing of the bindings.
fn durable_objects(bindings: &str) -> Vec<&str> {
    bindings
        .split("export class ")
        .skip(1)
        .filter(|class| {
            class
                .split("\n}")
                .next()
                .is_some_and(|body| body.contains("\n    fetch("))
        })
        .filter_map(|class| class.split(' ').next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::durable_objects;

    #[test]
    fn finds_the_classes_that_answer_requests() {
        let bindings = "export class Plumbing {\n    pull() {\n    }\n}\n\
            export class Project {\n    alarm() {\n    }\n    fetch(request) {\n    }\n}\n\
            export function fetch(a) {\n}\n";
        assert_eq!(durable_objects(bindings), ["Project"]);
    }
}
