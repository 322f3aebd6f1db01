//! `MurmurHash3_x86_32` (Austin Appleby, public domain reference `MurmurHash3.cpp`).

use super::Sink;

/// `MurmurHash3_x86_32` of the bytes.
///
/// **Source** `vectors/bucketing/murmur3_32.json`.
///
/// ```
/// assert_eq!(pennon_core::murmur3_x86_32(b"user-1", 0), 4_171_401_059);
/// ```
pub fn murmur3_x86_32(bytes: &[u8], seed: u32) -> u32 {
    murmur3_of_both(bytes, &[], seed)
}

/// The hash of two texts, one after the other.
pub(crate) fn murmur3_of_both(first: &[u8], second: &[u8], seed: u32) -> u32 {
    let mut hash = seed;
    let mut rest = first;
    while let Some((word, after)) = rest.split_first_chunk() {
        hash = mix(hash, u32::from_le_bytes(*word));
        rest = after;
    }
    let mut word = 0;
    let mut shift = 0_u32;
    for part in [rest, second] {
        for byte in part {
            word |= u32::from(*byte) << shift;
            shift = shift.wrapping_add(8);
            if shift == 32 {
                hash = mix(hash, word);
                word = 0;
                shift = 0;
            }
        }
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the reference counts modulo 2^32"
    )]
    let len = first.len().wrapping_add(second.len()) as u32;
    finish(hash ^ scramble(word) ^ len)
}

/// The same, fed piece by piece.
pub(crate) struct Murmur3 {
    hash: u32,
    /// Bytes that do not fill a word yet, lowest first.
    word: u32,
    len: u32,
}

impl Murmur3 {
    pub(crate) fn new(seed: u32) -> Self {
        Self {
            hash: seed,
            word: 0,
            len: 0,
        }
    }

    pub(crate) fn finish(self) -> u32 {
        finish(self.hash ^ scramble(self.word) ^ self.len)
    }
}

impl Sink for Murmur3 {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.word |= u32::from(byte) << ((self.len & 3) << 3);
            self.len = self.len.wrapping_add(1);
            if self.len.is_multiple_of(4) {
                self.hash = mix(self.hash, self.word);
                self.word = 0;
            }
        }
    }
}

fn mix(hash: u32, word: u32) -> u32 {
    (hash ^ scramble(word))
        .rotate_left(13)
        .wrapping_mul(5)
        .wrapping_add(0xe654_6b64)
}

fn scramble(word: u32) -> u32 {
    word.wrapping_mul(0xcc9e_2d51)
        .rotate_left(15)
        .wrapping_mul(0x1b87_3593)
}

fn finish(mut hash: u32) -> u32 {
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}
