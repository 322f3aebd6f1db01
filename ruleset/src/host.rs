//! The evaluator's host where the standard library is: servers, the edge, tools.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;

use pennon_core::{Host, TextTest};

use crate::pattern::Pattern;

/// Patterns with the engine for spelled patterns, case folding and numbers with the standard library.
///
/// One host belongs to one plan: it keeps compiled patterns by their number there. Random numbers come from
/// the keys of the standard library's hashes, which are the same in every run of a WebAssembly module.
#[derive(Debug, Default)]
pub struct StdHost {
    /// Compiled patterns by their number in the plan; `None` cannot be compiled.
    patterns: Mutex<HashMap<u32, Option<Pattern>>>,
}

impl Host for StdHost {
    fn matches(&self, id: u32, pattern: &[u8], text: &[u8]) -> Option<bool> {
        let text = std::str::from_utf8(text).ok()?;
        let mut patterns = self.patterns.lock().ok()?;
        let compiled = patterns
            .entry(id)
            .or_insert_with(|| Pattern::read(std::str::from_utf8(pattern).ok()?));
        compiled.as_ref()?.is_match(text)
    }

    fn test_folded(&self, how: TextTest, text: &[u8], operand: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(text) else {
            return false;
        };
        let text = text.to_lowercase();
        how.holds(text.as_bytes(), operand)
    }

    fn parse_number(&self, text: &[u8]) -> Option<f64> {
        std::str::from_utf8(text).ok()?.parse().ok()
    }

    fn random(&self) -> u32 {
        // Each `RandomState` has keys of its own; hashing anything with them is a random number.
        let [a, b, c, d, ..] = RandomState::new().hash_one(0).to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }
}
