//! The names of the bucketing algorithms, and the sets of them that artefacts carry.

use crate::{Bucket, Bucketing, Unit};

/// How a unit becomes a position: a hash, the encoding of its input and the map to a number.
///
/// The names are the `algorithm` fields of the bucketing vectors. [`Algorithm::Native`] is
/// Pennon's own; the `Utf8` rows are what byte-based `GrowthBook` SDKs compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Algorithm {
    /// `murmur3(unit, murmur3(prefix, 0))`, the whole 32-bit space.
    Native,
    /// `murmur3_32`: `murmur3(text, seed)`, the whole 32-bit space.
    Murmur3,
    /// `unleash_rollout`: `murmur3(text, seed) % 100 + 1`.
    UnleashRollout,
    /// `unleash_rollout_non_ascii`: as above over the low bytes of the UTF-16 units.
    UnleashRolloutLowByte,
    /// `unleash_variant`: `murmur3(text, seed) % space + 1`.
    UnleashVariant,
    /// `flagd_fractional_v1`: `abs(murmur3 as i32) / (2^31 - 1) * 100`.
    FlagdV1,
    /// `flagd_fractional_v2`: `(murmur3 * space) >> 32`.
    FlagdV2,
    /// `flagd_fractional_v3`: as `FlagdV2` over deterministic CBOR.
    FlagdV3,
    /// `featurevisor`: `(murmur3(text, seed) * 100000) >> 32`.
    Featurevisor,
    /// `optimizely`: `(murmur3(text, seed) * 10000) >> 32`.
    Optimizely,
    /// `devcycle`: `murmur3(text, murmur3(prefix, seed)) / (2^32 - 1)`.
    Devcycle,
    /// `growthbook_v1`: `fnv1a32(text) % 1000 / 1000` over UTF-16 units.
    GrowthbookV1,
    /// `growthbook_v1` over UTF-8 bytes.
    GrowthbookV1Utf8,
    /// `growthbook_v2`: `fnv1a32(decimal(fnv1a32(text))) % 10000 / 10000` over UTF-16 units.
    GrowthbookV2,
    /// `growthbook_v2` over UTF-8 bytes.
    GrowthbookV2Utf8,
    /// `growthbook_namespace`: the arithmetic of `GrowthbookV1`.
    GrowthbookNamespace,
    /// `posthog_sha1_15`: first 60 bits of SHA-1, divided by `2^60 - 1`.
    PosthogSha1,
    /// `launchdarkly_sha1_15`: the arithmetic of `PosthogSha1`.
    LaunchdarklySha1,
    /// `configcat_sha1_7`: first 28 bits of SHA-1, modulo 100.
    ConfigcatSha1,
    /// `eppo_md5_shard`: first 32 bits of MD5, modulo `space`.
    EppoMd5,
    /// `flagsmith_md5`: MD5 modulo 9999, as a percentage, hashed again at 100.
    FlagsmithMd5,
    /// `statsig_sha256`: first 64 bits of SHA-256, modulo `space`.
    StatsigSha256,
    /// `flipt_crc32`: CRC-32, modulo `space`.
    FliptCrc32,
}

impl Algorithm {
    /// Every algorithm, in the order of the numbers that plans carry.
    pub const ALL: [Self; 23] = [
        Self::Native,
        Self::Murmur3,
        Self::UnleashRollout,
        Self::UnleashRolloutLowByte,
        Self::UnleashVariant,
        Self::FlagdV1,
        Self::FlagdV2,
        Self::FlagdV3,
        Self::Featurevisor,
        Self::Optimizely,
        Self::Devcycle,
        Self::GrowthbookV1,
        Self::GrowthbookV1Utf8,
        Self::GrowthbookV2,
        Self::GrowthbookV2Utf8,
        Self::GrowthbookNamespace,
        Self::PosthogSha1,
        Self::LaunchdarklySha1,
        Self::ConfigcatSha1,
        Self::EppoMd5,
        Self::FlagsmithMd5,
        Self::StatsigSha256,
        Self::FliptCrc32,
    ];

    /// The number that plans carry.
    pub const fn code(self) -> u32 {
        self as u32
    }

    /// The algorithm of a number that a plan carries.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL
            .get(usize::try_from(code).unwrap_or(usize::MAX))
            .copied()
    }

    /// The name by which vectors and rulesets know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Murmur3 => "murmur3_32",
            Self::UnleashRollout => "unleash_rollout",
            Self::UnleashRolloutLowByte => "unleash_rollout_non_ascii",
            Self::UnleashVariant => "unleash_variant",
            Self::FlagdV1 => "flagd_fractional_v1",
            Self::FlagdV2 => "flagd_fractional_v2",
            Self::FlagdV3 => "flagd_fractional_v3",
            Self::Featurevisor => "featurevisor",
            Self::Optimizely => "optimizely",
            Self::Devcycle => "devcycle",
            Self::GrowthbookV1 => "growthbook_v1",
            Self::GrowthbookV1Utf8 => "growthbook_v1_utf8",
            Self::GrowthbookV2 => "growthbook_v2",
            Self::GrowthbookV2Utf8 => "growthbook_v2_utf8",
            Self::GrowthbookNamespace => "growthbook_namespace",
            Self::PosthogSha1 => "posthog_sha1_15",
            Self::LaunchdarklySha1 => "launchdarkly_sha1_15",
            Self::ConfigcatSha1 => "configcat_sha1_7",
            Self::EppoMd5 => "eppo_md5_shard",
            Self::FlagsmithMd5 => "flagsmith_md5",
            Self::StatsigSha256 => "statsig_sha256",
            Self::FliptCrc32 => "flipt_crc32",
        }
    }

    /// The algorithm of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// The seed that the vendor fixes for a seeded hash.
    pub const fn usual_seed(self) -> u32 {
        match self {
            Self::UnleashVariant => 86_028_157,
            Self::Featurevisor | Self::Optimizely | Self::Devcycle => 1,
            _ => 0,
        }
    }
}

/// The set of algorithms that an artefact carries; what it lacks is not linked.
///
/// [`Algorithm::Native`] is always there.
pub trait Algorithms {
    /// Whether there is more than [`Algorithm::Native`]: other algorithms, and the readings of values
    /// that other dialects have.
    const HAS_OTHERS: bool;

    /// The bucket of a unit, or `None` when this set lacks the algorithm.
    fn bucket(bucketing: &Bucketing<'_>, unit: Unit<'_>) -> Option<Bucket>;

    /// The position that a random 32-bit number stands for.
    fn position(bucketing: &Bucketing<'_>, random: u32) -> Option<f64>;
}

/// Only [`Algorithm::Native`].
#[derive(Debug, Clone, Copy)]
pub struct NativeAlgorithms;

impl Algorithms for NativeAlgorithms {
    const HAS_OTHERS: bool = false;

    fn bucket(_: &Bucketing<'_>, _: Unit<'_>) -> Option<Bucket> {
        None
    }

    fn position(_: &Bucketing<'_>, _: u32) -> Option<f64> {
        None
    }
}

/// [`Algorithm::Native`] and [`Algorithm::PosthogSha1`], and the readings of dialects.
#[derive(Debug, Clone, Copy)]
pub struct PosthogAlgorithms;

impl Algorithms for PosthogAlgorithms {
    const HAS_OTHERS: bool = true;

    fn bucket(bucketing: &Bucketing<'_>, unit: Unit<'_>) -> Option<Bucket> {
        match unit {
            Unit::Text(text) if bucketing.algorithm == Algorithm::PosthogSha1 => {
                Some(bucketing.sixty_bits(text))
            }
            _ => None,
        }
    }

    fn position(_: &Bucketing<'_>, _: u32) -> Option<f64> {
        None
    }
}

/// Every algorithm.
#[derive(Debug, Clone, Copy)]
pub struct AllAlgorithms;

impl Algorithms for AllAlgorithms {
    const HAS_OTHERS: bool = true;

    fn bucket(bucketing: &Bucketing<'_>, unit: Unit<'_>) -> Option<Bucket> {
        Some(bucketing.bucket(unit))
    }

    fn position(bucketing: &Bucketing<'_>, random: u32) -> Option<f64> {
        Some(bucketing.position_of_random(random))
    }
}
