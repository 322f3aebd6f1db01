//! Tests through the public interface; a new test goes into the module of its topic.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "a test may fail loudly, and its cases are long tables"
)]

/// Every bucketing algorithm against the vectors, read in place.
mod bucketing;
/// Decisions: reasons, order of rules, distributions, exposures.
mod decisions;
/// Hash functions and CBOR against known answers.
mod hashes;
/// Bytes that are no plans, or no longer.
mod loader;
/// Three-valued logic.
mod logic;
/// One table of cases per operator.
mod operators;
/// What one flag asks of another.
mod prerequisites;
/// Laws that hold for every unit.
mod properties;

/// A host for tests.
mod host;
/// Writes plans by hand, as `docs/plan-format.md` says.
mod wire;
