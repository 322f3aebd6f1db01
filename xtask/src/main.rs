//! Every task of this repository that is longer than one command.
//!
//! `cargo xtask` alone lists the verbs; each verb is a file of this crate.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks to the person who started it"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "what is indexed here is JSON, which answers null for what is missing"
)]

mod arguments;
mod bench;
mod build;
mod check;
mod conformance;
mod dev;
mod fix;
mod process;
mod rebuild;
mod release;
mod repository;
mod setup;
mod size;
mod soak;
mod stamp;
mod test;
mod vectors;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::arguments::Arguments;
use crate::repository::Repository;

/// A task that `cargo xtask` offers.
struct Verb {
    name: &'static str,
    usage: &'static str,
    sentence: &'static str,
    run: fn(&Repository, Arguments) -> Result<()>,
}

const VERBS: [Verb; 11] = [
    Verb {
        name: "dev",
        usage: "dev [--edge-port|--control-port|--app-port N]",
        sentence: "Starts both Workers with a demo project and the example app, and prints the URLs.",
        run: dev::run,
    },
    Verb {
        name: "test",
        usage: "test [PART]…",
        sentence: "Runs everything that CI runs, and prints a summary.",
        run: test::run,
    },
    Verb {
        name: "check",
        usage: "check",
        sentence: "Runs the fast part of the tests: format, lints, types, arrows, file rules, documents.",
        run: check::run,
    },
    Verb {
        name: "fix",
        usage: "fix",
        sentence: "Mends what the formatters and linters can mend by themselves.",
        run: fix::run,
    },
    Verb {
        name: "build",
        usage: "build [eval|full|npm|workers]…",
        sentence: "Builds the WebAssembly artefacts, the npm package and the Workers.",
        run: build::run,
    },
    Verb {
        name: "conformance",
        usage: "conformance [SUITE]…",
        sentence: "Runs the suites of PENNON_VECTORS natively and through WebAssembly.",
        run: conformance::run,
    },
    Verb {
        name: "size",
        usage: "size [--json]",
        sentence: "Measures what travels to browsers and to the edge, against its budgets.",
        run: size::run,
    },
    Verb {
        name: "bench",
        usage: "bench [--json]",
        sentence: "Measures speed beside the peers in one run, against its targets.",
        run: bench::run,
    },
    Verb {
        name: "soak",
        usage: "soak [--minutes N|--events N] [--json]",
        sentence: "Kills workerd again and again while events come in, and looks for what was lost.",
        run: soak::run,
    },
    Verb {
        name: "rebuild-totals",
        usage: "rebuild-totals --control URL --token T --project P --environment E",
        sentence: "Counts an environment once more from its raw log, and demands equal totals.",
        run: rebuild::run,
    },
    Verb {
        name: "release",
        usage: "release X.Y.Z",
        sentence: "Writes a version everywhere, closes the changelog section, commits and tags.",
        run: release::run,
    },
];

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    let mut arguments = Arguments::from_environment();
    let Some(name) = arguments.next() else {
        print_verbs();
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print_verbs();
        return Ok(());
    }
    let Some(verb) = VERBS.iter().find(|verb| verb.name == name) else {
        print_verbs();
        bail!("there is no verb `{name}`");
    };
    if arguments.take_flag("--help") | arguments.take_flag("-h") {
        println!("cargo xtask {}\n\n  {}", verb.usage, verb.sentence);
        return Ok(());
    }
    (verb.run)(&Repository::find()?, arguments)
}

fn print_verbs() {
    println!("cargo xtask VERB\n");
    for verb in &VERBS {
        println!("  {:<48} {}", verb.usage, verb.sentence);
    }
}

/// The names of all verbs, for the check that documents name existing ones.
fn verb_names() -> impl Iterator<Item = &'static str> {
    VERBS.iter().map(|verb| verb.name)
}
