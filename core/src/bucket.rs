//! From a unit to a position: one primitive for every algorithm.

use crate::Algorithm;
use crate::cbor;
use crate::hash::Sink;
use crate::hash::blocks::{Blocks, Compress};
use crate::hash::crc32::Crc32;
use crate::hash::fnv::Fnv1a;
use crate::hash::md5::Md5;
use crate::hash::murmur3::Murmur3;
use crate::hash::sha1::Sha1;
use crate::hash::sha256::Sha256;

/// What is hashed besides the unit, and how the hash becomes a position.
///
/// **Shape** the text is `prefix`, the unit and `suffix`, without separators of its own, except:
/// `Native` and `Devcycle` hash `prefix` into the seed; `FlagdV3` encodes `[prefix, unit]` as
/// CBOR, or the unit alone when `prefix` is empty; `FlagsmithMd5` repeats the text, separated by
/// commas. `seed` goes to murmur3 algorithms other than `Native`. `space` is the modulus, total
/// weight or number of shards of `UnleashVariant`, `FlagdV2`, `FlagdV3`, `EppoMd5`,
/// `StatsigSha256` and `FliptCrc32`; the others ignore it.
///
/// **Source** `vectors/bucketing`, one file per algorithm; `docs/bucketing.md` for worked numbers.
///
/// ```
/// use pennon_core::{Algorithm, Bucketing, Unit};
/// let rollout = Bucketing {
///     algorithm: Algorithm::UnleashRollout,
///     prefix: b"new-checkout:",
///     suffix: b"",
///     seed: 0,
///     space: 0,
/// };
/// let bucket = rollout.bucket(Unit::Text(b"user-1"));
/// assert_eq!((bucket.hash, bucket.position), (2_230_340_631, 32.0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucketing<'a> {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// UTF-8 text before the unit.
    pub prefix: &'a [u8],
    /// UTF-8 text after the unit.
    pub suffix: &'a [u8],
    /// Seed of a seeded hash.
    pub seed: u32,
    /// Size of the space where the algorithm does not fix it.
    pub space: u32,
}

/// Who is bucketed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unit<'a> {
    /// UTF-8 text.
    Text(&'a [u8]),
    /// A number; only `FlagdV3` tells it from its decimal text.
    Number(f64),
    /// Only `FlagdV3` tells it from its text.
    Boolean(bool),
    /// A value that is CBOR already, for `FlagdV3`.
    Cbor(&'a [u8]),
}

/// Raw hash and position of a unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// The number that the algorithm takes from its hash, before it becomes a position.
    pub hash: u128,
    /// The position in the space of the algorithm.
    pub position: f64,
}

const SHA1_15_MAX: f64 = 1_152_921_504_606_846_975.0;

impl Bucketing<'_> {
    /// Where the unit falls.
    pub fn bucket(&self, unit: Unit<'_>) -> Bucket {
        let mut digits = [0; 20];
        let text = unit.as_text(&mut digits);
        if self.algorithm == Algorithm::FlagsmithMd5 {
            return self.flagsmith(text);
        }
        let hash = self.hash(unit, text);
        Bucket {
            hash: u128::from(hash),
            position: self.position(hash),
        }
    }

    /// Where text falls by [`Algorithm::PosthogSha1`], for artefacts that carry no other.
    pub(crate) fn sixty_bits(&self, text: &[u8]) -> Bucket {
        let hash = self.digest(Sha1::blocks(), text).high() >> 4;
        Bucket {
            hash: u128::from(hash),
            position: sixty_bits_position(hash),
        }
    }

    /// The position of a random number in place of a hash.
    pub(crate) fn position_of_random(&self, random: u32) -> f64 {
        let random = u64::from(random);
        self.position(match self.algorithm {
            Algorithm::PosthogSha1 | Algorithm::LaunchdarklySha1 => random << 28,
            Algorithm::StatsigSha256 => random << 32,
            Algorithm::ConfigcatSha1 => random >> 4,
            _ => random,
        })
    }

    fn hash(&self, unit: Unit<'_>, text: &[u8]) -> u64 {
        match self.algorithm {
            Algorithm::Native => {
                let mut murmur3 = Murmur3::new(crate::murmur3_x86_32(self.prefix, 0));
                murmur3.write(text);
                u64::from(murmur3.finish())
            }
            Algorithm::Devcycle => {
                let mut murmur3 = Murmur3::new(crate::murmur3_x86_32(self.prefix, self.seed));
                murmur3.write(text);
                murmur3.write(self.suffix);
                u64::from(murmur3.finish())
            }
            Algorithm::Murmur3
            | Algorithm::UnleashRollout
            | Algorithm::UnleashVariant
            | Algorithm::FlagdV1
            | Algorithm::FlagdV2
            | Algorithm::Featurevisor
            | Algorithm::Optimizely => u64::from(self.fed(Murmur3::new(self.seed), text).finish()),
            Algorithm::UnleashRolloutLowByte => u64::from(self.low_bytes(text).finish()),
            Algorithm::FlagdV3 => u64::from(self.cbor(unit).finish()),
            Algorithm::GrowthbookV1 | Algorithm::GrowthbookNamespace => u64::from(self.units(text)),
            Algorithm::GrowthbookV1Utf8 => u64::from(self.fed(Fnv1a::new(), text).finish()),
            Algorithm::GrowthbookV2 => twice(self.units(text)),
            Algorithm::GrowthbookV2Utf8 => twice(self.fed(Fnv1a::new(), text).finish()),
            Algorithm::PosthogSha1 | Algorithm::LaunchdarklySha1 => {
                self.digest(Sha1::blocks(), text).high() >> 4
            }
            Algorithm::ConfigcatSha1 => self.digest(Sha1::blocks(), text).high() >> 36,
            Algorithm::EppoMd5 => {
                u64::try_from(self.digest(Md5::blocks(), text).digest() >> 96).unwrap_or_default()
            }
            Algorithm::FlagsmithMd5 => 0,
            Algorithm::StatsigSha256 => self.digest(Sha256::blocks(), text).high(),
            Algorithm::FliptCrc32 => u64::from(self.fed(Crc32::new(), text).finish()),
        }
    }

    /// Maps a hash to the space of the algorithm.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the algorithms are defined over doubles"
    )]
    fn position(&self, hash: u64) -> f64 {
        let space = u64::from(self.space);
        let modulo = |n: u64| hash.checked_rem(n).unwrap_or_default() as f64;
        let scaled = |n: u64| (hash.wrapping_mul(n) >> 32) as f64;
        match self.algorithm {
            Algorithm::Native | Algorithm::Murmur3 => hash as f64,
            Algorithm::UnleashRollout | Algorithm::UnleashRolloutLowByte => modulo(100) + 1.0,
            Algorithm::UnleashVariant => modulo(space) + 1.0,
            Algorithm::FlagdV1 => flagd_v1(hash),
            Algorithm::FlagdV2 | Algorithm::FlagdV3 => scaled(space),
            Algorithm::Featurevisor => scaled(100_000),
            Algorithm::Optimizely => scaled(10_000),
            Algorithm::Devcycle => hash as f64 / f64::from(u32::MAX),
            Algorithm::GrowthbookV1
            | Algorithm::GrowthbookV1Utf8
            | Algorithm::GrowthbookNamespace => modulo(1000) / 1000.0,
            Algorithm::GrowthbookV2 | Algorithm::GrowthbookV2Utf8 => modulo(10_000) / 10_000.0,
            Algorithm::PosthogSha1 | Algorithm::LaunchdarklySha1 => sixty_bits_position(hash),
            Algorithm::ConfigcatSha1 => modulo(100),
            Algorithm::EppoMd5 | Algorithm::StatsigSha256 | Algorithm::FliptCrc32 => modulo(space),
            Algorithm::FlagsmithMd5 => flagsmith_position(u128::from(hash)),
        }
    }

    /// Feeds prefix, unit and suffix.
    fn fed<S: Sink>(&self, mut sink: S, text: &[u8]) -> S {
        sink.write(self.prefix);
        sink.write(text);
        sink.write(self.suffix);
        sink
    }

    fn digest<C: Compress>(&self, blocks: Blocks<C>, text: &[u8]) -> C {
        self.fed(blocks, text).finish()
    }

    /// Murmur3 over the low bytes of UTF-16 units, as Unleash's Node SDK does.
    fn low_bytes(&self, text: &[u8]) -> Murmur3 {
        let mut murmur3 = Murmur3::new(self.seed);
        for part in [self.prefix, text, self.suffix] {
            for unit in utf16(part) {
                let [low, _] = unit.to_le_bytes();
                murmur3.write(&[low]);
            }
        }
        murmur3
    }

    /// FNV-1a over UTF-16 units, as `GrowthBook`'s JavaScript SDK does.
    fn units(&self, text: &[u8]) -> u32 {
        let mut fnv = Fnv1a::new();
        for part in [self.prefix, text, self.suffix] {
            for unit in utf16(part) {
                fnv.write_unit(u32::from(unit));
            }
        }
        fnv.finish()
    }

    fn cbor(&self, unit: Unit<'_>) -> Murmur3 {
        let mut murmur3 = Murmur3::new(self.seed);
        if !self.prefix.is_empty() {
            cbor::write_pair_head(&mut murmur3);
            cbor::write_text(&mut murmur3, self.prefix);
        }
        match unit {
            Unit::Text(text) => cbor::write_text(&mut murmur3, text),
            Unit::Number(number) => cbor::write_number(&mut murmur3, number),
            Unit::Boolean(value) => cbor::write_boolean(&mut murmur3, value),
            Unit::Cbor(bytes) => murmur3.write(bytes),
        }
        murmur3
    }

    /// MD5 of the text, joined `n` times by commas; `n` grows while the result is exactly 100.
    fn flagsmith(&self, text: &[u8]) -> Bucket {
        let mut times = 1_u32;
        loop {
            let mut blocks = Md5::blocks();
            for i in 0..times {
                if i > 0 {
                    blocks.write(b",");
                }
                blocks = self.fed(blocks, text);
            }
            let hash = blocks.finish().digest();
            let position = flagsmith_position(hash);
            // Two rehashes in a row have a chance of 1e-8; 16 can only be an attack.
            if position < 100.0 || times == 16 {
                return Bucket { hash, position };
            }
            times = times.saturating_add(1);
        }
    }
}

impl<'a> Unit<'a> {
    /// The text that algorithms over text hash.
    fn as_text<'t>(self, digits: &'t mut [u8; 20]) -> &'t [u8]
    where
        'a: 't,
    {
        match self {
            Unit::Text(text) | Unit::Cbor(text) => text,
            Unit::Number(number) => decimal(number, digits),
            Unit::Boolean(true) => b"true",
            Unit::Boolean(false) => b"false",
        }
    }
}

/// Decimal digits of a whole number; other numbers have no text here.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a double below 2^63 that is whole is an i64"
)]
fn decimal(number: f64, digits: &mut [u8; 20]) -> &[u8] {
    if number % 1.0 != 0.0 || number.abs() >= 9_007_199_254_740_992.0 {
        return b"";
    }
    let mut rest = (number as i64).unsigned_abs();
    let mut at = digits.len();
    loop {
        at = at.saturating_sub(1);
        if let (Some(place), Ok(digit)) = (digits.get_mut(at), u8::try_from(rest % 10)) {
            *place = b'0' | digit;
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0.0 {
        at = at.saturating_sub(1);
        if let Some(place) = digits.get_mut(at) {
            *place = b'-';
        }
    }
    digits.get(at..).unwrap_or_default()
}

fn utf16(bytes: &[u8]) -> impl Iterator<Item = u16> {
    core::str::from_utf8(bytes)
        .unwrap_or_default()
        .encode_utf16()
}

/// FNV-1a of the decimal text of an FNV-1a hash.
fn twice(hash: u32) -> u64 {
    let mut digits = [0; 20];
    let mut fnv = Fnv1a::new();
    fnv.write(decimal(f64::from(hash), &mut digits));
    u64::from(fnv.finish())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the algorithms are defined over doubles"
)]
fn sixty_bits_position(hash: u64) -> f64 {
    hash as f64 / SHA1_15_MAX
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the algorithm reads the hash as a signed 32-bit number"
)]
fn flagd_v1(hash: u64) -> f64 {
    f64::from((hash as u32).cast_signed().unsigned_abs()) / 2_147_483_647.0 * 100.0
}

#[expect(clippy::cast_precision_loss, reason = "the number is below 9999")]
fn flagsmith_position(hash: u128) -> f64 {
    (hash % 9999) as f64 / 9998.0 * 100.0
}
