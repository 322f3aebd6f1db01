//! Semantic versions (semver.org 2.0.0): validity and precedence, on the text itself.

pub(crate) mod lenient;

use core::cmp::Ordering;

/// Which of two versions has precedence; `None` where one of them is not valid.
pub(crate) fn compare(version: &[u8], other: &[u8]) -> Option<Ordering> {
    Some(Version::parse(version)?.compare(Version::parse(other)?))
}

/// A valid version; identifiers stay text, so numbers can be of any size.
#[derive(Clone, Copy)]
struct Version<'a> {
    /// Three numbers, separated by dots.
    core: &'a [u8],
    /// Identifiers, separated by dots; empty for a release.
    pre_release: &'a [u8],
}

impl<'a> Version<'a> {
    /// Takes `major.minor.patch`, then an optional pre-release and build.
    fn parse(text: &'a [u8]) -> Option<Self> {
        let (text, build) = cut(text, b'+');
        let (core, pre_release) = cut(text, b'-');
        let is_valid = count(core, Allowed::Numbers) == 3
            && pre_release.is_none_or(|ids| count(ids, Allowed::Identifiers) > 0)
            && build.is_none_or(|ids| count(ids, Allowed::Any) > 0);
        is_valid.then_some(Self {
            core,
            pre_release: pre_release.unwrap_or_default(),
        })
    }

    /// Precedence; builds do not count.
    fn compare(self, other: Self) -> Ordering {
        let mut order = compare_dotted(Some(self.core), Some(other.core));
        if order.is_eq() {
            let release = self.pre_release.is_empty();
            order = release.cmp(&other.pre_release.is_empty());
        }
        if order.is_eq() {
            order = compare_dotted(Some(self.pre_release), Some(other.pre_release));
        }
        order
    }
}

/// What identifiers may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Allowed {
    /// Numbers without leading zeros.
    Numbers,
    /// Those, and text.
    Identifiers,
    /// Any text.
    Any,
}

/// The number of identifiers between dots; 0 when one is not allowed.
fn count(text: &[u8], allowed: Allowed) -> u32 {
    let mut rest = Some(text);
    let mut count = 0_u32;
    while let Some(text) = rest {
        let (id, after) = cut(text, b'.');
        let is_number = is_number(id);
        let is_allowed = if is_number {
            allowed == Allowed::Any || id.len() == 1 || id.first() != Some(&b'0')
        } else {
            let is_text = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
            allowed != Allowed::Numbers && id.iter().all(is_text)
        };
        if id.is_empty() || !is_allowed {
            return 0;
        }
        count = count.wrapping_add(1);
        rest = after;
    }
    count
}

/// What is before the first such byte, and what is after it.
fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    let found = text.iter().position(|byte| *byte == at);
    let (before, after) = found
        .and_then(|at| text.split_at_checked(at))
        .unwrap_or((text, &[]));
    (before, after.get(1..))
}

fn is_number(id: &[u8]) -> bool {
    id.iter().all(u8::is_ascii_digit)
}

/// Identifiers from left to right; a prefix comes first.
fn compare_dotted(mut left: Option<&[u8]>, mut right: Option<&[u8]>) -> Ordering {
    while let (Some(left_ids), Some(right_ids)) = (left, right) {
        let (id, after) = cut(left_ids, b'.');
        let (other, other_after) = cut(right_ids, b'.');
        let order = compare_identifiers(id, other);
        if order.is_ne() {
            return order;
        }
        left = after;
        right = other_after;
    }
    left.is_some().cmp(&right.is_some())
}

/// Numbers come before other identifiers and compare by size.
fn compare_identifiers(left: &[u8], right: &[u8]) -> Ordering {
    let (is_left, is_right) = (is_number(left), is_number(right));
    let mut order = is_right.cmp(&is_left);
    if order.is_eq() && is_left {
        order = left.len().cmp(&right.len());
    }
    if order.is_eq() {
        order = left.cmp(right);
    }
    order
}
