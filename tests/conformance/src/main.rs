//! Answers the conformance suites natively.
//!
//! The suites are written once, in JavaScript, and put their questions to this program and to
//! `wasm/full`. Questions come as one JSON array on standard input, answers go as one JSON array to
//! standard output, in the same order.
#![expect(
    clippy::print_stdout,
    reason = "the answers are what this program is for"
)]

mod bucketing;
mod posthog;

use std::io::Read as _;

use anyhow::{Context as _, Result, bail};

fn main() -> Result<()> {
    let suite = std::env::args()
        .nth(1)
        .context("which suite? `pennon-conformance SUITE`")?;
    let mut questions = String::new();
    std::io::stdin().read_to_string(&mut questions)?;
    let answers = match suite.as_str() {
        "bucketing" => bucketing::answer(&questions)?,
        "posthog" => posthog::answer(&questions)?,
        other => bail!("there is no suite `{other}`"),
    };
    println!("{answers}");
    Ok(())
}
