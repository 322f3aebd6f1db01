//! What the core asks of the Worker.

use pennon_core::{Host, TextTest};
use pennon_ruleset::StdHost;

/// The host of tools and servers, with the platform's own chance: the standard library has none in
/// WebAssembly.
#[derive(Default)]
pub(super) struct EdgeHost(StdHost);

impl Host for EdgeHost {
    fn matches(&self, id: u32, pattern: &[u8], text: &[u8]) -> Option<bool> {
        self.0.matches(id, pattern, text)
    }

    fn test_folded(&self, how: TextTest, text: &[u8], operand: &[u8]) -> bool {
        self.0.test_folded(how, text, operand)
    }

    fn parse_number(&self, text: &[u8]) -> Option<f64> {
        self.0.parse_number(text)
    }

    fn random(&self) -> u32 {
        crate::chance::number()
    }
}
