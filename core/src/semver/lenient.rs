//! Versions as people write them: with a `v`, leading zeros, or fewer than three numbers.

use core::cmp::Ordering;

use super::{Allowed, compare_dotted, count, cut, is_number};

/// Which of two versions comes first; `None` where one of them is none.
///
/// One leading `v` is dropped, then space around it; numbers may have leading zeros and be absent.
/// Builds count when everything else is equal. With `releases`, a pre-release counts as a version
/// only beside one of the same three numbers.
///
/// **Source** the crate `semver` 1, whose order of builds is
/// `0 < 00 < 1 < 01 < 001 < 2 < a`.
///
/// ```
/// use core::cmp::Ordering::Equal;
/// use pennon_core::compare_lenient_versions;
/// assert_eq!(compare_lenient_versions(b"v3.08", b"3.8.0", false), Some(Equal));
/// ```
pub fn compare(version: &[u8], other: &[u8], releases: bool) -> Option<Ordering> {
    let (version, other) = (Lenient::parse(version)?, Lenient::parse(other)?);
    let numbers = version.compare_numbers(&other);
    let is_release = version.pre_release.is_none();
    if releases && !is_release && (numbers.is_ne() || other.pre_release.is_none()) {
        return None;
    }
    let pre_release = || match (version.pre_release, other.pre_release) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (version, other) => compare_dotted(version, other),
    };
    let build = || compare_builds(version.build, other.build);
    Some(numbers.then_with(pre_release).then_with(build))
}

struct Lenient<'a> {
    /// Without leading zeros.
    numbers: [&'a [u8]; 3],
    pre_release: Option<&'a [u8]>,
    build: Option<&'a [u8]>,
}

impl<'a> Lenient<'a> {
    fn parse(text: &'a [u8]) -> Option<Self> {
        let text = text.strip_prefix(b"v").unwrap_or(text).trim_ascii();
        let (rest, build) = cut(text, b'+');
        let (core, pre_release) = cut(rest, b'-');
        let mut numbers: [&[u8]; 3] = [&[]; 3];
        let mut places = numbers.iter_mut();
        let mut left = Some(core);
        while let Some(text) = left {
            let (number, after) = cut(text, b'.');
            *places.next()? = without_zeros(number)?;
            left = after;
        }
        let is_valid = pre_release.is_none_or(|ids| count(ids, Allowed::Identifiers) > 0)
            && build.is_none_or(|ids| count(ids, Allowed::Any) > 0);
        is_valid.then_some(Self {
            numbers,
            pre_release,
            build,
        })
    }

    fn compare_numbers(&self, other: &Self) -> Ordering {
        for (number, other) in self.numbers.iter().zip(other.numbers) {
            let order = number
                .len()
                .cmp(&other.len())
                .then_with(|| (*number).cmp(other));
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }
}

/// The digits of a number of 64 bits without leading zeros.
fn without_zeros(number: &[u8]) -> Option<&[u8]> {
    const MOST: &[u8] = b"18446744073709551615";
    if number.is_empty() || !is_number(number) {
        return None;
    }
    let digits = significant(number);
    let fits = digits.len() < MOST.len() || (digits.len() == MOST.len() && digits <= MOST);
    fits.then_some(digits)
}

fn compare_builds(mut left: Option<&[u8]>, mut right: Option<&[u8]>) -> Ordering {
    while let (Some(left_ids), Some(right_ids)) = (left, right) {
        let (id, after) = cut(left_ids, b'.');
        let (other, other_after) = cut(right_ids, b'.');
        let order = compare_build_ids(id, other);
        if order.is_ne() {
            return order;
        }
        left = after;
        right = other_after;
    }
    left.is_some().cmp(&right.is_some())
}

fn compare_build_ids(left: &[u8], right: &[u8]) -> Ordering {
    match (is_number(left), is_number(right)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => left.cmp(right),
        (true, true) => {
            let (a, b) = (significant(left), significant(right));
            let by_size = a.len().cmp(&b.len()).then_with(|| a.cmp(b));
            by_size.then_with(|| left.len().cmp(&right.len()))
        }
    }
}

/// Digits without the zeros before them.
fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.get(zeros..).unwrap_or_default()
}
