//! Checks of hash descriptors and ranges.

use serde_json::Number;

use super::Checker;
use crate::hash::algorithm;
use crate::model::{
    Comparison, Distribution, Entry, HashAlgorithm, HashDescriptor, MissingUnit, Split,
};
use crate::report::{At, Code};

/// Basis points of the native algorithm.
const WHOLE: u64 = 10_000;

impl Checker<'_> {
    /// Checks a gate or a split leaf.
    pub(super) fn split(&mut self, split: &Split, at: &At<'_>) {
        self.seed(
            split.salt.as_deref(),
            split.unit.as_deref(),
            split.hash.as_ref(),
            at,
        );
        let ranges: Vec<Bounds<'_>> = split
            .ranges
            .iter()
            .map(|range| (&range.from, &range.to))
            .collect();
        self.ranges(&ranges, split.hash.as_ref(), &at.field("ranges"));
        if split.ramp.is_some() {
            self.unsupported("a ramp", &at.field("ramp"));
        }
    }

    /// Checks the hash and the ranges of a distribution; its variants are the rule's business.
    pub(super) fn distribution(&mut self, distribution: &Distribution, at: &At<'_>) {
        let Distribution {
            salt,
            unit,
            hash,
            ranges,
            sticky,
            ..
        } = distribution;
        self.seed(salt.as_deref(), unit.as_deref(), hash.as_ref(), at);
        let bounds: Vec<Bounds<'_>> = ranges
            .iter()
            .map(|Entry { from, to, .. }| (from, to))
            .collect();
        let at_ranges = at.field("ranges");
        self.ranges(&bounds, hash.as_ref(), &at_ranges);
        if ranges.is_empty() {
            let message = "a distribution without ranges draws nothing".to_owned();
            let help = "add a range for each variant";
            self.report
                .error(Code::EmptyRange, &at_ranges, message, help);
        }
        if sticky.is_some() {
            self.unsupported("a remembered draw", &at.field("sticky"));
        }
    }

    fn seed(
        &mut self,
        salt: Option<&str>,
        unit: Option<&str>,
        hash: Option<&HashDescriptor>,
        at: &At<'_>,
    ) {
        let Some(hash) = hash else { return };
        let at_hash = at.field("hash");
        let is_native = hash.algorithm == HashAlgorithm::Native;
        let (message, help) = if salt.is_some() && (!is_native || !hash.prefix.is_empty()) {
            (
                "a `salt` belongs to native bucketing without a `prefix`",
                "keep one of the two",
            )
        } else if unit.is_some() && !hash.units.is_empty() {
            (
                "both `unit` and `hash.units` say whose id is hashed",
                "keep one of the two",
            )
        } else if algorithm(hash).is_none() {
            (
                "the algorithm does not read text in that encoding",
                "leave `encoding` out",
            )
        } else if is_native && (hash.seed != 0 || hash.space != 0 || !hash.suffix.is_empty()) {
            (
                "native bucketing has no `seed`, `space` or `suffix`",
                "leave them out",
            )
        } else if is_native && hash.missing == MissingUnit::Empty {
            (
                "native bucketing has no position of the empty text",
                "write `miss`, `zero` or `random`",
            )
        } else if is_native && hash.comparison == Comparison::Le {
            (
                "native ranges end before their upper boundary",
                "leave `comparison` out",
            )
        } else if needs_space(hash.algorithm) && hash.space == 0 {
            (
                "the algorithm needs the size of its space",
                "add `space`, such as the sum of the weights",
            )
        } else {
            return;
        };
        self.report
            .error(Code::InvalidHash, &at_hash, message.to_owned(), help);
    }

    fn ranges(&mut self, ranges: &[Bounds<'_>], hash: Option<&HashDescriptor>, at: &At<'_>) {
        let is_native = hash.is_none_or(|hash| hash.algorithm == HashAlgorithm::Native);
        for (i, bounds) in ranges.iter().enumerate() {
            if is_native {
                self.native_range(*bounds, &at.index(i));
            } else {
                self.foreign_range(*bounds, &at.index(i));
            }
        }
        if is_native {
            self.overlaps(ranges, at);
        }
    }

    fn native_range(&mut self, (from, to): Bounds<'_>, at: &At<'_>) {
        for (name, bound) in [("from", from), ("to", to)] {
            if bound.as_u64().is_none_or(|bound| bound > WHOLE) {
                let message =
                    format!("`{bound}` is not a whole number of basis points, 0 to {WHOLE}");
                let help = "write hundredths of a percent: 2500 is 25 %";
                self.report
                    .error(Code::RangeOutsideSpace, &at.field(name), message, help);
                return;
            }
        }
        self.is_forward((from, to), false, at);
    }

    fn foreign_range(&mut self, bounds: Bounds<'_>, at: &At<'_>) {
        self.is_forward(bounds, true, at);
    }

    fn is_forward(&mut self, (from, to): Bounds<'_>, may_be_equal: bool, at: &At<'_>) {
        let (low, high) = (
            from.as_f64().unwrap_or_default(),
            to.as_f64().unwrap_or_default(),
        );
        if low > high || (low >= high && !may_be_equal) {
            let message = format!("the range from {from} to {to} is empty");
            let help = "write `from` below `to`, or remove the range";
            self.report.error(Code::EmptyRange, at, message, help);
        }
    }

    fn overlaps(&mut self, ranges: &[Bounds<'_>], at: &At<'_>) {
        let mut sorted: Vec<(u64, u64, usize)> = Vec::with_capacity(ranges.len());
        for (i, (from, to)) in ranges.iter().enumerate() {
            if let (Some(from), Some(to)) = (from.as_u64(), to.as_u64())
                && from < to
            {
                sorted.push((from, to, i));
            }
        }
        sorted.sort_unstable();
        for pair in sorted.windows(2) {
            if let [(_, end, first), (start, _, second)] = pair
                && start < end
            {
                let message = format!("it shares positions {start} to {end} with range {first}");
                let help = "let every range begin where the one before ends";
                self.report
                    .error(Code::OverlappingRanges, &at.index(*second), message, help);
            }
        }
    }
}

type Bounds<'a> = (&'a Number, &'a Number);

/// Whether the descriptor says how large the algorithm's space is.
fn needs_space(algorithm: HashAlgorithm) -> bool {
    matches!(
        algorithm,
        HashAlgorithm::UnleashVariant
            | HashAlgorithm::FlagdFractionalV2
            | HashAlgorithm::FlagdFractionalV3
            | HashAlgorithm::EppoMd5Shard
            | HashAlgorithm::StatsigSha256
            | HashAlgorithm::FliptCrc32
    )
}
