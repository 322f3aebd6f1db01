//! Tests of the crate through its public API; each module names its topic.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::option_option,
    reason = "a test may end at once, and its data may be long"
)]

// What the checks say, one data case each: a new check begins with a case in `checks.json`.
mod checks;
// Texts that are no ruleset, and that printing gives back what was read.
mod parse;
// The published schema is the one the model generates.
mod schema;
// Envelopes: bytes in and out.
mod envelope;
// A slow interpreter of the ruleset's JSON, to compare with.
mod oracle;
// What the switches of a dialect mean to it.
mod dialects;
// Random rulesets and contexts.
mod random;
// Compile, load and decide against the oracle.
mod evaluation;
// Properties of bucketing that people rely on.
mod bucketing;
// Compiled plans: their bytes, what a public one leaves out, and their names.
mod plan;
// What explanations say: read the snapshots as a product manager would.
mod explain;
// What a change would do.
mod simulate;
// The examples and tables of docs/ruleset-format.md.
mod docs;
// What each operator says to values of every kind: a new operator begins with a case in `operators.json`.
mod operators;
