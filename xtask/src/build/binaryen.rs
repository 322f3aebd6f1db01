//! binaryen's tools, which npm brings.

use std::iter;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::process::Process;
use crate::repository::Repository;

/// What every engine of the last years understands; named one by one because a newer binaryen's
/// "all features" makes modules that Node 20 refuses.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
];

/// Optimises a module with the given passes.
pub(super) fn optimize(
    repository: &Repository,
    from: &Path,
    to: &Path,
    passes: &[&str],
) -> Result<()> {
    Process::tool(repository, "wasm-opt")
        .args(FEATURES)
        .args(passes)
        .arg(from)
        .arg("-o")
        .arg(to)
        .run()
}

/// Keeps these exports of a module and what they reach; the linker adds some that nobody asks for.
pub(super) fn keep_exports(
    repository: &Repository,
    from: &Path,
    to: &Path,
    exports: &[&str],
) -> Result<()> {
    let outside = json!({ "name": "outside", "reaches": exports, "root": true });
    let kept = exports
        .iter()
        .map(|export| json!({ "name": export, "export": export }));
    let graph: Vec<_> = iter::once(outside).chain(kept).collect();
    let file = to.with_extension("exports.json");
    std::fs::write(&file, serde_json::to_string(&graph)?)?;
    Process::tool(repository, "wasm-metadce")
        .args(FEATURES)
        .arg(from)
        .arg(format!("--graph-file={}", file.display()))
        .arg("-o")
        .arg(to)
        .output()?;
    std::fs::remove_file(file)?;
    Ok(())
}

/// Turns a module into JavaScript for pages whose policy forbids WebAssembly.
///
/// binaryen writes a module that makes its one instance while it loads, and takes the imports by
/// `import`. What callers need is a function that makes instances, as WebAssembly has it.
pub(super) fn to_javascript(repository: &Repository, from: &Path, to: &Path) -> Result<()> {
    let lowered = to.with_extension("lowered.wasm");
    let passes = [
        "--llvm-memory-copy-fill-lowering",
        "--llvm-nontrapping-fptoint-lowering",
        "--signext-lowering",
    ];
    optimize(repository, from, &lowered, &passes)?;
    let module = to.with_extension("module.js");
    Process::tool(repository, "wasm2js")
        .arg("-Oz")
        .arg(&lowered)
        .arg("-o")
        .arg(&module)
        .run()?;
    let factory = factory_of(&std::fs::read_to_string(&module)?)?;
    let source = to.with_extension("factory.js");
    std::fs::write(&source, factory)?;
    Process::tool(repository, "esbuild")
        .args([
            "--minify",
            "--format=esm",
            "--target=es2022",
            "--log-level=warning",
        ])
        .arg(&source)
        .arg(format!("--outfile={}", to.display()))
        .run()?;
    for intermediate in [lowered, module, source] {
        std::fs::remove_file(intermediate)?;
    }
    Ok(())
}

/// Keeps the function that makes an instance, and exports it instead of an instance.
fn factory_of(module: &str) -> Result<String> {
    let (body, _) = module
        .split_once("var retasmFunc")
        .context("wasm2js wrote a module without its instance")?;
    let body: String = body
        .lines()
        .filter(|line| !line.starts_with("import "))
        .flat_map(|line| [line, "\n"])
        .collect();
    Ok(format!("{body}\nexport const instantiate = asmFunc;\n"))
}
