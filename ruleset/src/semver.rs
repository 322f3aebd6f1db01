//! Semantic versions as operands, and ranges of them as comparisons.
//!
//! A range means what node-semver's reference expands it to, with one difference: a version is in when its
//! precedence is, pre-releases included. `<2.0.0` therefore holds for `2.0.0-rc.1`, while `^1.2` ends before
//! every pre-release of 2.0.0.

pub(crate) mod cargo;

use std::cmp::Ordering;

use crate::program::{Order, Test};

/// The version without build metadata, when it is one.
///
/// Source: semver.org 2.0.0, sections 2, 9 and 10.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let (version, build) = cut(text, '+');
    let (core, pre_release) = cut(version, '-');
    let numbers: Vec<&str> = core.split('.').collect();
    let is_plain = |id: &str| {
        !id.is_empty()
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let fits = numbers.len() == 3
        && numbers.iter().all(|number| parse_number(number).is_some())
        && build.is_none_or(|build| build.split('.').all(is_plain))
        && pre_release.is_none_or(|ids| {
            ids.split('.')
                .all(|id| is_plain(id) && (!is_digits(id) || has_no_leading_zero(id)))
        });
    fits.then(|| version.to_owned())
}

/// The alternatives of a range, each a list of comparisons that all hold.
pub(crate) fn range(text: &str) -> Option<Vec<Vec<Test>>> {
    text.split("||").map(alternative).collect()
}

fn alternative(text: &str) -> Option<Vec<Test>> {
    if let Some((low, high)) = text.split_once(" - ") {
        let mut tests = at_least(&Partial::parse(low.trim())?);
        tests.extend(at_most(&Partial::parse(high.trim())?));
        return Some(tests);
    }
    let mut tests = Vec::new();
    let mut words = text.split([' ', ',', '\t']).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let version = word.trim_start_matches(['^', '~', '<', '>', '=']);
        let operator = word.strip_suffix(version)?;
        // `>= 1.2` is written with a space, too.
        let version = if version.is_empty() {
            words.next()?
        } else {
            version
        };
        tests.extend(comparator(operator, &Partial::parse(version)?)?);
    }
    // No comparator at all is any version, as `*` is.
    Some(if tests.is_empty() {
        at_least(&Partial::default())
    } else {
        tests
    })
}

fn comparator(operator: &str, version: &Partial) -> Option<Vec<Test>> {
    Some(match operator {
        "" | "=" => match version.exact() {
            Some(exact) => vec![Test::SemverEquals(exact)],
            None => [
                at_least(version),
                below(version.after_last()).into_iter().collect(),
            ]
            .concat(),
        },
        ">=" => at_least(version),
        "<" => vec![order(
            Order::Less,
            version.exact().unwrap_or_else(|| version.floor("-0")),
        )],
        "<=" => at_most(version),
        ">" => match version.exact() {
            Some(exact) => vec![order(Order::Greater, exact)],
            None => match version.after_last() {
                Some([major, minor, patch]) => {
                    vec![order(
                        Order::GreaterOrEqual,
                        format!("{major}.{minor}.{patch}"),
                    )]
                }
                // Nothing is above every version.
                None => vec![order(Order::Less, "0.0.0-0".to_owned())],
            },
        },
        "^" => [
            at_least(version),
            below(version.after_caret()).into_iter().collect(),
        ]
        .concat(),
        "~" => [
            at_least(version),
            below(version.after_tilde()).into_iter().collect(),
        ]
        .concat(),
        _ => return None,
    })
}

fn at_least(version: &Partial) -> Vec<Test> {
    let suffix = if version.numbers.is_empty() { "-0" } else { "" };
    vec![order(
        Order::GreaterOrEqual,
        version.exact().unwrap_or_else(|| version.floor(suffix)),
    )]
}

fn at_most(version: &Partial) -> Vec<Test> {
    match version.exact() {
        Some(exact) => vec![order(Order::LessOrEqual, exact)],
        None => below(version.after_last()).into_iter().collect(),
    }
}

/// Below every pre-release of the version.
fn below(version: Option<[u64; 3]>) -> Option<Test> {
    version.map(|[major, minor, patch]| order(Order::Less, format!("{major}.{minor}.{patch}-0")))
}

fn order(order: Order, version: String) -> Test {
    Test::SemverOrder(order, version)
}

/// A version whose last numbers may be absent or `x`.
#[derive(Default)]
struct Partial {
    numbers: Vec<u64>,
    pre_release: String,
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        if let Some(exact) = canonical(text) {
            let (core, pre_release) = cut(&exact, '-');
            let numbers = core.split('.').map(parse_number).collect::<Option<_>>()?;
            return Some(Self {
                numbers,
                pre_release: pre_release.unwrap_or_default().to_owned(),
            });
        }
        let parts: Vec<&str> = text.split('.').collect();
        let is_wild = |part: &&str| matches!(*part, "x" | "X" | "*");
        let known = parts.iter().take_while(|part| !is_wild(part)).count();
        let rest_is_wild = parts.iter().skip(known).all(is_wild);
        if parts.len() > 3 || !rest_is_wild || (known == parts.len() && known == 3) {
            return None;
        }
        let numbers = parts
            .iter()
            .take(known)
            .map(|part| parse_number(part))
            .collect::<Option<_>>()?;
        Some(Self {
            numbers,
            pre_release: String::new(),
        })
    }

    fn number(&self, i: usize) -> u64 {
        self.numbers.get(i).copied().unwrap_or_default()
    }

    fn exact(&self) -> Option<String> {
        let dash = if self.pre_release.is_empty() { "" } else { "-" };
        (self.numbers.len() == 3).then(|| self.floor(dash) + &self.pre_release)
    }

    fn floor(&self, suffix: &str) -> String {
        format!(
            "{}.{}.{}{suffix}",
            self.number(0),
            self.number(1),
            self.number(2)
        )
    }

    /// The first version above all that begin with the known numbers; none when nothing is known.
    fn after_last(&self) -> Option<[u64; 3]> {
        Some(self.after(self.numbers.len().checked_sub(1)?))
    }

    /// The first version that changes the left-most number that is not zero.
    fn after_caret(&self) -> Option<[u64; 3]> {
        let last = self.numbers.len().checked_sub(1)?;
        Some(
            self.after(
                self.numbers
                    .iter()
                    .position(|number| *number != 0)
                    .unwrap_or(last),
            ),
        )
    }

    /// The first version that changes the minor number, or the major one when only that is known.
    fn after_tilde(&self) -> Option<[u64; 3]> {
        Some(self.after(self.numbers.len().checked_sub(1)?.min(1)))
    }

    fn after(&self, i: usize) -> [u64; 3] {
        let next = self.number(i).saturating_add(1);
        match i {
            0 => [next, 0, 0],
            1 => [self.number(0), next, 0],
            _ => [self.number(0), self.number(1), next],
        }
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at)
        .map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_no_leading_zero(text: &str) -> bool {
    text.len() == 1 || !text.starts_with('0')
}

fn parse_number(text: &str) -> Option<u64> {
    (is_digits(text) && has_no_leading_zero(text))
        .then(|| text.parse().ok())
        .flatten()
}

/// Compares two versions by precedence; nothing when one of them is none.
///
/// Source: semver.org 2.0.0, section 11.
pub(crate) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (
        Partial::parse(&canonical(left)?)?,
        Partial::parse(&canonical(right)?)?,
    );
    let pre_release = match (left.pre_release.as_str(), right.pre_release.as_str()) {
        ("", "") => Ordering::Equal,
        ("", _) => Ordering::Greater,
        (_, "") => Ordering::Less,
        (left, right) => compare_ids(left, right),
    };
    Some(left.numbers.cmp(&right.numbers).then(pre_release))
}

fn compare_ids(left: &str, right: &str) -> Ordering {
    // A digit-only id is below every other id; digit-only ids without leading zeros compare by length first.
    let key = |id: &str| (!is_digits(id), if is_digits(id) { id.len() } else { 0 });
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => match key(a).cmp(&key(b)).then_with(|| a.cmp(b)) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
        }
    }
}
