//! Deterministic CBOR (RFC 8949, section 4.2.1) of scalars and of the heads of containers.

use alloc::vec::Vec;

use crate::hash::Sink;

const UNSIGNED: u8 = 0 << 5;
const NEGATIVE: u8 = 1 << 5;
const TEXT: u8 = 3 << 5;
const ARRAY: u8 = 4 << 5;
const MAP: u8 = 5 << 5;
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;

/// Writes the value that `flagd_fractional_v3` hashes, piece by piece.
///
/// Lengths come before what they count; the keys of a map must be written in ascending order of
/// their encoded bytes, and none twice.
///
/// **Source** `vectors/bucketing/flagd_fractional_v3.json`.
///
/// ```
/// let mut cbor = pennon_core::Cbor::default();
/// cbor.array(2);
/// cbor.text("flag-b");
/// cbor.number(1.5);
/// assert_eq!(cbor.into_bytes(), b"\x82\x66flag-b\xf9\x3e\x00");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cbor(Vec<u8>);

impl Cbor {
    /// Writes `null`.
    pub fn null(&mut self) {
        self.0.write(&[NULL]);
    }

    /// Writes `true` or `false`.
    pub fn boolean(&mut self, value: bool) {
        write_boolean(&mut self.0, value);
    }

    /// Writes a number: whole numbers as integers, others as the shortest exact float.
    pub fn number(&mut self, value: f64) {
        write_number(&mut self.0, value);
    }

    /// Writes text.
    pub fn text(&mut self, value: &str) {
        write_text(&mut self.0, value.as_bytes());
    }

    /// Begins an array of `len` values.
    pub fn array(&mut self, len: u64) {
        write_head(&mut self.0, ARRAY, len);
    }

    /// Begins a map of `len` pairs.
    pub fn map(&mut self, len: u64) {
        write_head(&mut self.0, MAP, len);
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl Sink for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

pub(crate) fn write_pair_head(sink: &mut impl Sink) {
    write_head(sink, ARRAY, 2);
}

pub(crate) fn write_boolean(sink: &mut impl Sink, value: bool) {
    sink.write(&[if value { TRUE } else { FALSE }]);
}

pub(crate) fn write_text(sink: &mut impl Sink, bytes: &[u8]) {
    write_head(sink, TEXT, u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    sink.write(bytes);
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "each cast follows a check that it is exact"
)]
pub(crate) fn write_number(sink: &mut impl Sink, value: f64) {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    const TWO_64: f64 = 18_446_744_073_709_551_616.0;
    let is_whole = (value % 1.0) == 0.0;
    if is_whole && (0.0..TWO_64).contains(&value) {
        write_head(sink, UNSIGNED, value as u64);
    } else if is_whole && (-TWO_63..0.0).contains(&value) {
        write_head(sink, NEGATIVE, !(value as i64) as u64);
    } else if let Some(half) = exact_half(value) {
        sink.write(&[0xf9]);
        sink.write(&half.to_be_bytes());
    } else if value.is_nan() || f64::from(value as f32) == value {
        sink.write(&[0xfa]);
        sink.write(&(value as f32).to_be_bytes());
    } else {
        sink.write(&[0xfb]);
        sink.write(&value.to_be_bytes());
    }
}

/// The 16-bit float that is exactly `value`, if there is one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "each cast follows a check that it is exact"
)]
fn exact_half(value: f64) -> Option<u16> {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    let size = value.abs();
    if size.is_nan() {
        return Some(0x7e00);
    }
    if size.is_infinite() {
        return Some(sign | 0x7c00);
    }
    // A half is `fraction * 2^-24` with 10 bits, or `(1024 + fraction) * 2^(exponent - 25)`.
    let mut scaled = size * 16_777_216.0;
    let mut exponent = 0_u16;
    while scaled >= 2048.0 && exponent < 30 {
        scaled /= 2.0;
        exponent = exponent.saturating_add(1);
    }
    if scaled % 1.0 != 0.0 || scaled >= 2048.0 {
        return None;
    }
    let bits = scaled as u16;
    // INVARIANT: above the subnormal range `bits` has its eleventh bit set, which carries into
    // the exponent field and stands for exponent 1.
    let bits = (exponent << 10).checked_add(bits)?;
    (bits < 0x7c00).then_some(sign | bits)
}

fn write_head(sink: &mut impl Sink, major: u8, value: u64) {
    let bytes = value.to_be_bytes();
    let [.., b4, b5, b6, b7] = bytes;
    if value < 24 {
        sink.write(&[major | b7]);
    } else if value <= 0xff {
        sink.write(&[major | 0x18, b7]);
    } else if value <= 0xffff {
        sink.write(&[major | 0x19, b6, b7]);
    } else if value <= 0xffff_ffff {
        sink.write(&[major | 0x1a, b4, b5, b6, b7]);
    } else {
        sink.write(&[major | 0x1b]);
        sink.write(&bytes);
    }
}
