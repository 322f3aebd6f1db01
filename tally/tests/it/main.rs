//! Counting, through the public interface.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that meets the unexpected ends"
)]

// An independent recount: everything from the whole log, with no state and no sums kept.
mod oracle;
// A shard without a database: subjects, deliveries, differences of contributions.
mod desk;
// Single rules, as data.
mod rules;
// Any order, any repetition, any cut.
mod properties;
// More events than are kept one by one.
mod limits;
