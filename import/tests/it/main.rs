//! Tests of the crate through its public API; each module names its topic.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::option_option,
    clippy::needless_pass_by_value,
    reason = "a test may end at once, and its data may be long"
)]

// The forms that definitions come in, and what each flag's grade says.
mod forms;
// Answers that no vector asks for.
mod answers;
// Random definitions.
mod definitions;
// Out again what came in, to the digit.
mod round_trip;
// Imported rulesets against the oracle of the ruleset crate.
mod evaluation;

// The slow interpreter of rulesets, and what it needs.
#[path = "../../../ruleset/tests/it/dialects.rs"]
mod dialects;
#[path = "../../../ruleset/tests/it/oracle.rs"]
mod oracle;
#[path = "../../../ruleset/tests/it/random.rs"]
#[expect(dead_code, reason = "only its ranges are asked for here")]
mod random;
