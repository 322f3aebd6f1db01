//! Semantic versions (semver.org 2.0.0): validity and precedence, on the text itself.

use core::cmp::Ordering;

/// A valid version; identifiers stay text, so numbers can be of any size.
#[derive(Clone, Copy)]
pub(crate) struct Version<'a> {
    core: &'a [u8],
    pre_release: &'a [u8],
}

impl<'a> Version<'a> {
    /// Takes `major.minor.patch`, then an optional pre-release and build.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let (text, build) = cut(text, b'+');
        let (core, pre_release) = cut(text, b'-');
        let numbers = core.split(|&byte| byte == b'.');
        if numbers.clone().count() != 3 || !numbers.clone().all(is_number) {
            return None;
        }
        let is_valid = |part: Option<&[u8]>, is_strict| {
            part.is_none_or(|part| {
                part.split(|&byte| byte == b'.')
                    .all(|id| is_identifier(id, is_strict))
            })
        };
        if !is_valid(pre_release, true) || !is_valid(build, false) {
            return None;
        }
        Some(Self {
            core,
            pre_release: pre_release.unwrap_or_default(),
        })
    }

    /// Precedence; builds do not count.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        let releases = self.pre_release.is_empty().cmp(&other.pre_release.is_empty());
        compare_dotted(self.core, other.core)
            .then(releases)
            .then_with(|| compare_dotted(self.pre_release, other.pre_release))
    }
}

/// What is before the first such byte, and what is after it.
fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    let mut parts = text.splitn(2, |&byte| byte == at);
    (parts.next().unwrap_or_default(), parts.next())
}

fn is_number(text: &[u8]) -> bool {
    is_identifier(text, true) && text.iter().all(u8::is_ascii_digit)
}

fn is_identifier(text: &[u8], is_strict: bool) -> bool {
    let has_leading_zero = text.len() > 1 && text.first() == Some(&b'0');
    !text.is_empty()
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        && !(is_strict && has_leading_zero && text.iter().all(u8::is_ascii_digit))
}

/// Identifiers from left to right; a prefix comes first.
fn compare_dotted(left: &[u8], right: &[u8]) -> Ordering {
    let mut right = right.split(|&byte| byte == b'.');
    for id in left.split(|&byte| byte == b'.') {
        let order = match right.next() {
            Some(other) => compare_identifiers(id, other),
            None => Ordering::Greater,
        };
        if order.is_ne() {
            return order;
        }
    }
    match right.next() {
        Some(_) => Ordering::Less,
        None => Ordering::Equal,
    }
}

/// Numbers come before other identifiers and compare by size.
fn compare_identifiers(left: &[u8], right: &[u8]) -> Ordering {
    let is_text = |id: &[u8]| !id.iter().all(u8::is_ascii_digit);
    let by_kind = is_text(left).cmp(&is_text(right));
    let by_len = if is_text(left) {
        Ordering::Equal
    } else {
        left.len().cmp(&right.len())
    };
    by_kind.then(by_len).then_with(|| left.cmp(right))
}
