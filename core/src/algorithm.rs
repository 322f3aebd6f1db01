//! The names of the bucketing algorithms.

/// How a unit becomes a position: a hash, the encoding of its input and the map to a number.
///
/// The names are the `algorithm` fields of the bucketing vectors. [`Algorithm::Native`] is
/// Pennon's own; the `Utf8` rows are what byte-based GrowthBook SDKs compute.
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
