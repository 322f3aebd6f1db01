//! Ranges of versions as Cargo reads them, of versions that people write loosely.
//!
//! A pre-release is in a range only when a comparison of the range names a pre-release of the same
//! three numbers; builds in ranges mean nothing. Source: the crate `semver` 1, `VersionReq`.

use pennon_core::layout::bits;

use crate::program::{Order, Test};

/// A comparison of a range, and the bits that it needs.
pub(crate) type Comparison = (Test, u32);

/// Whether the text is a version of the dialect `semver: cargo`: one to three numbers, with an optional
/// `v` and space around it.
pub fn is_version(text: &str) -> bool {
    pennon_core::compare_lenient_versions(text.as_bytes(), text.as_bytes(), false).is_some()
}

/// Whether the text is a range of the dialect `semver: cargo`, such as `^1.2`, `~1.2.3`, `1.*` and `1.2`.
pub fn is_range(text: &str) -> bool {
    range(text).is_some()
}

/// The comparisons that all hold for the versions of a range: `^1.2`, `~1.2.3`, `1.*`, `*`; without a sign
/// or a star, `^` is meant. With a sign, numbers that are not written are zero.
pub(crate) fn range(text: &str) -> Option<Vec<Comparison>> {
    let text = text.trim();
    let (sign, version) = match text.strip_prefix(['^', '~']) {
        Some(version) => (text.get(..1)?, version),
        None => ("", text),
    };
    let version = version.strip_prefix('v').unwrap_or(version).trim();
    if sign.is_empty() && version.split('.').any(is_star) {
        return wildcard(version);
    }
    let version = Version::parse(version)?;
    // What is not padded names a pre-release or a build only after three numbers.
    if sign.is_empty() && version.known < 3 && version.has_suffix {
        return None;
    }
    let end = match sign {
        "~" => version.after_tilde(),
        "^" => version.after_caret(3),
        _ => version.after_caret(version.known),
    };
    Some(within(&version.text(), end))
}

fn is_star(part: &str) -> bool {
    matches!(part, "*" | "x" | "X")
}

/// `*`, `1.*`, `1.*.*`, `1.2.*`, and the same with `x`.
fn wildcard(text: &str) -> Option<Vec<Comparison>> {
    let parts: Vec<&str> = text.split('.').collect();
    let known = parts.iter().take_while(|part| !is_star(part)).count();
    let is_rest_star = parts.iter().skip(known).all(|part| is_star(part));
    if parts.len() > 3 || !is_rest_star {
        return None;
    }
    let numbers = parts.iter().take(known).map(|part| number(part));
    let numbers = numbers.collect::<Option<Vec<u64>>>()?;
    Some(match numbers.as_slice() {
        [] => vec![released("0.0.0")],
        [major] => within(&format!("{major}.0.0"), [major.checked_add(1)?, 0, 0]),
        [major, minor, ..] => {
            let end = [*major, minor.checked_add(1)?, 0];
            within(&format!("{major}.{minor}.0"), end)
        }
    })
}

fn within(from: &str, [major, minor, patch]: [u64; 3]) -> Vec<Comparison> {
    // A pre-release of the end is excluded by the numbers of the start.
    let end = format!("{major}.{minor}.{patch}-0");
    vec![released(from), (Test::SemverOrder(Order::Less, end), 0)]
}

/// From a version on, without pre-releases of others.
fn released(from: &str) -> Comparison {
    let from = Test::SemverOrder(Order::GreaterOrEqual, from.to_owned());
    (from, bits::RELEASES)
}

struct Version<'a> {
    numbers: [u64; 3],
    /// How many of them were written.
    known: usize,
    has_suffix: bool,
    pre_release: &'a str,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (rest, _) = text.split_once('+').unwrap_or((text, ""));
        let (core, pre_release) = rest.split_once('-').unwrap_or((rest, ""));
        if !is_version(text) {
            return None;
        }
        let mut numbers = [0; 3];
        for (place, part) in numbers.iter_mut().zip(core.split('.')) {
            *place = number(part)?;
        }
        Some(Self {
            numbers,
            known: core.split('.').count(),
            has_suffix: core.len() < text.len(),
            pre_release,
        })
    }

    fn text(&self) -> String {
        let [major, minor, patch] = self.numbers;
        let dash = if self.pre_release.is_empty() { "" } else { "-" };
        format!("{major}.{minor}.{patch}{dash}{}", self.pre_release)
    }

    fn after_tilde(&self) -> [u64; 3] {
        let [major, minor, _] = self.numbers;
        [major, minor.saturating_add(1), 0]
    }

    /// The first version that changes the left-most number that is not zero, of so many.
    fn after_caret(&self, known: usize) -> [u64; 3] {
        match (self.numbers, known) {
            ([0, ..], 1) => [1, 0, 0],
            ([0, 0, _], 2) => [0, 1, 0],
            ([0, 0, patch], _) => [0, 0, patch.saturating_add(1)],
            ([0, minor, _], _) => [0, minor.saturating_add(1), 0],
            ([major, ..], _) => [major.saturating_add(1), 0, 0],
        }
    }
}

fn number(text: &str) -> Option<u64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}
