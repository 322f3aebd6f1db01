//! Semantic versions (semver.org 2.0.0): validity and precedence, on the text itself.

use core::cmp::Ordering;

/// A valid version; identifiers stay text, so numbers can be of any size.
#[derive(Clone, Copy)]
pub(crate) struct Version<'a> {
    /// Three numbers, separated by dots.
    core: &'a [u8],
    /// Identifiers, separated by dots; empty for a release.
    pre_release: &'a [u8],
}

impl<'a> Version<'a> {
    /// Takes `major.minor.patch`, then an optional pre-release and build.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let mut rest = text;
        let core = identifiers(&mut rest, b'.', true)?;
        let is_core = |byte: &u8| *byte == b'.' || byte.is_ascii_digit();
        let dots = core.iter().filter(|byte| **byte == b'.').count();
        if dots != 2 || !core.iter().all(is_core) {
            return None;
        }
        let mut version = Self {
            core,
            pre_release: &[],
        };
        if let Some(after) = rest.strip_prefix(b"-") {
            rest = after;
            version.pre_release = identifiers(&mut rest, b'-', true)?;
        }
        if let Some(after) = rest.strip_prefix(b"+") {
            rest = after;
            identifiers(&mut rest, b'-', false)?;
        }
        rest.is_empty().then_some(version)
    }

    /// Precedence; builds do not count.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        let mut order = compare_dotted(self.core, other.core);
        if order.is_eq() {
            order = self
                .pre_release
                .is_empty()
                .cmp(&other.pre_release.is_empty());
        }
        if order.is_eq() {
            order = compare_dotted(self.pre_release, other.pre_release);
        }
        order
    }
}

/// Takes identifiers separated by dots; `also` may be part of one.
fn identifiers<'a>(rest: &mut &'a [u8], also: u8, is_strict: bool) -> Option<&'a [u8]> {
    let all = *rest;
    loop {
        let (id, after) = cut(rest, |byte| {
            byte.is_ascii_alphanumeric() || byte == also && byte != b'.'
        });
        let has_leading_zero = id.len() > 1 && id.first() == Some(&b'0');
        if id.is_empty() || (is_strict && has_leading_zero && is_number(id)) {
            return None;
        }
        *rest = after;
        match after.strip_prefix(b".") {
            Some(after) => *rest = after,
            None => return all.get(..all.len().wrapping_sub(after.len())),
        }
    }
}

/// The longest beginning of which every byte passes, and what follows.
fn cut(text: &[u8], passes: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let len = text
        .iter()
        .position(|byte| !passes(*byte))
        .unwrap_or(text.len());
    text.split_at_checked(len).unwrap_or_default()
}

fn is_number(id: &[u8]) -> bool {
    id.iter().all(u8::is_ascii_digit)
}

/// Identifiers from left to right; a prefix comes first.
fn compare_dotted(mut left: &[u8], mut right: &[u8]) -> Ordering {
    while !left.is_empty() && !right.is_empty() {
        let (id, after) = cut(left, |byte| byte != b'.');
        let (other, other_after) = cut(right, |byte| byte != b'.');
        let order = compare_identifiers(id, other);
        if order.is_ne() {
            return order;
        }
        left = after.get(1..).unwrap_or_default();
        right = other_after.get(1..).unwrap_or_default();
    }
    left.len().cmp(&right.len())
}

/// Numbers come before other identifiers and compare by size.
fn compare_identifiers(left: &[u8], right: &[u8]) -> Ordering {
    let (is_left, is_right) = (is_number(left), is_number(right));
    let mut order = is_right.cmp(&is_left);
    if order.is_eq() && is_left {
        order = left.len().cmp(&right.len());
    }
    order.then_with(|| left.cmp(right))
}
