//! Comparisons of text, byte by byte; folding case is for ASCII only.

use crate::TextTest;

/// Whether the text passes the test; when `ignores_case`, text is ASCII and the operand lower case.
pub(crate) fn holds(how: TextTest, text: &[u8], operand: &[u8], ignores_case: bool) -> bool {
    let Some(slack) = text.len().checked_sub(operand.len()) else {
        return false;
    };
    let (first, last) = match how {
        TextTest::Equal if slack > 0 => return false,
        TextTest::Equal | TextTest::Prefix => (0, 0),
        TextTest::Suffix => (slack, slack),
        TextTest::Contains => (0, slack),
    };
    let mut at = first;
    while at <= last {
        let part = text.get(at..).unwrap_or_default();
        if begins(part, operand, ignores_case) {
            return true;
        }
        at = at.wrapping_add(1);
    }
    false
}

/// Whether a text that is long enough begins with the operand.
fn begins(text: &[u8], operand: &[u8], ignores_case: bool) -> bool {
    for (byte, operand) in text.iter().zip(operand) {
        let folded = if ignores_case {
            byte.to_ascii_lowercase()
        } else {
            *byte
        };
        if folded != *operand {
            return false;
        }
    }
    true
}
