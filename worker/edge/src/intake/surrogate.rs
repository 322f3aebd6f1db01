//! JavaScript can write half of a surrogate pair into JSON; no other language can read it back.

/// Replaces every escaped surrogate that has no partner by the escape of U+FFFD, in place.
pub(crate) fn mend(body: &mut [u8]) {
    let mut at = 0;
    while let Some(step) = body.get(at..).and_then(next_escape) {
        at += step;
        let (width, is_lonely) = body.get(at..).map_or((2, false), look);
        if is_lonely && let Some(digits) = body.get_mut(at + 2..at + 6) {
            digits.copy_from_slice(b"fffd");
        }
        at += width;
    }
}

fn next_escape(rest: &[u8]) -> Option<usize> {
    rest.iter().position(|byte| *byte == b'\\')
}

/// How wide the escape at the start of `rest` is, and whether it is half of a pair.
fn look(rest: &[u8]) -> (usize, bool) {
    match unit(rest) {
        None => (2, false),
        Some(0xd800..=0xdbff) => match rest.get(6..).and_then(unit) {
            Some(0xdc00..=0xdfff) => (12, false),
            _ => (6, true),
        },
        Some(0xdc00..=0xdfff) => (6, true),
        Some(_) => (6, false),
    }
}

fn unit(rest: &[u8]) -> Option<u16> {
    let digits = rest.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
