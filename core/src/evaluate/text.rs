//! Comparisons of text, byte by byte; folding case is for ASCII only.

use crate::TextTest;

/// Whether the text passes the test; when `ignores_case`, text is ASCII and the operand lower case.
pub(super) fn holds(test: TextTest, text: &[u8], operand: &[u8], ignores_case: bool) -> bool {
    let is_equal = |part: &[u8]| {
        if ignores_case {
            part.eq_ignore_ascii_case(operand)
        } else {
            part == operand
        }
    };
    let len = operand.len();
    match test {
        TextTest::Equal => is_equal(text),
        TextTest::Prefix => text.get(..len).is_some_and(is_equal),
        TextTest::Suffix => text
            .len()
            .checked_sub(len)
            .and_then(|at| text.get(at..))
            .is_some_and(is_equal),
        // Windows have no width 0; every text contains the empty one.
        TextTest::Contains => len == 0 || text.windows(len).any(is_equal),
    }
}
