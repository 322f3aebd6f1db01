use pennon_core::{Host, TextTest};

/// Standard library in place of JavaScript; a pattern matches what contains it, and `?` is beyond
/// this host.
pub(crate) struct TestHost {
    pub(crate) random: u32,
}

impl Host for TestHost {
    fn matches(&self, _: u32, pattern: &[u8], text: &[u8]) -> Option<bool> {
        (pattern != b"?").then(|| text.windows(pattern.len()).any(|part| part == pattern))
    }

    fn test_folded(&self, how: TextTest, text: &[u8], operand: &[u8]) -> bool {
        let text = str::from_utf8(text).unwrap().to_lowercase();
        how.holds(text.as_bytes(), operand)
    }

    fn parse_number(&self, text: &[u8]) -> Option<f64> {
        str::from_utf8(text).unwrap().parse().ok()
    }

    fn random(&self) -> u32 {
        self.random
    }
}

pub(crate) const HOST: TestHost = TestHost { random: 0 };
