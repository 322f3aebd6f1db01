//! Which algorithm of the core a hash descriptor names.

use pennon_core::Algorithm;

use crate::model::{Encoding, HashAlgorithm, HashDescriptor};

/// The algorithm with the descriptor's encoding, when it has one of that kind.
pub(crate) fn algorithm(hash: &HashDescriptor) -> Option<Algorithm> {
    use HashAlgorithm as Name;
    let (standard, encoding) = match hash.algorithm {
        Name::Native => (Algorithm::Native, Encoding::Utf8),
        Name::Murmur3 => (Algorithm::Murmur3, Encoding::Utf8),
        Name::UnleashRollout => (Algorithm::UnleashRollout, Encoding::Utf8),
        Name::UnleashVariant => (Algorithm::UnleashVariant, Encoding::Utf8),
        Name::FlagdFractionalV1 => (Algorithm::FlagdV1, Encoding::Utf8),
        Name::FlagdFractionalV2 => (Algorithm::FlagdV2, Encoding::Utf8),
        Name::FlagdFractionalV3 => (Algorithm::FlagdV3, Encoding::Standard),
        Name::Featurevisor => (Algorithm::Featurevisor, Encoding::Utf8),
        Name::Devcycle => (Algorithm::Devcycle, Encoding::Utf8),
        Name::Optimizely => (Algorithm::Optimizely, Encoding::Utf8),
        Name::GrowthbookV1 => (Algorithm::GrowthbookV1, Encoding::Utf16),
        Name::GrowthbookV2 => (Algorithm::GrowthbookV2, Encoding::Utf16),
        Name::GrowthbookNamespace => (Algorithm::GrowthbookNamespace, Encoding::Utf16),
        Name::EppoMd5Shard => (Algorithm::EppoMd5, Encoding::Utf8),
        Name::PosthogSha1_15 => (Algorithm::PosthogSha1, Encoding::Utf8),
        Name::LaunchdarklySha1_15 => (Algorithm::LaunchdarklySha1, Encoding::Utf8),
        Name::FlagsmithMd5 => (Algorithm::FlagsmithMd5, Encoding::Utf8),
        Name::ConfigcatSha1_7 => (Algorithm::ConfigcatSha1, Encoding::Utf8),
        Name::StatsigSha256 => (Algorithm::StatsigSha256, Encoding::Utf8),
        Name::FliptCrc32 => (Algorithm::FliptCrc32, Encoding::Utf8),
    };
    match (hash.encoding, standard) {
        (Encoding::Standard, _) => Some(standard),
        (wanted, _) if wanted == encoding => Some(standard),
        (Encoding::Utf16LowByte, Algorithm::UnleashRollout) => {
            Some(Algorithm::UnleashRolloutLowByte)
        }
        (Encoding::Utf8, Algorithm::GrowthbookV1) => Some(Algorithm::GrowthbookV1Utf8),
        (Encoding::Utf8, Algorithm::GrowthbookV2) => Some(Algorithm::GrowthbookV2Utf8),
        _ => None,
    }
}
