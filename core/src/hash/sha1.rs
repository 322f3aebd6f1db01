//! SHA-1 (FIPS 180-4), for vendors that bucket by its first digits; nothing here relies on
//! its strength.

use super::blocks::{Blocks, Compress, words};

pub(crate) struct Sha1([u32; 5]);

impl Sha1 {
    pub(crate) fn blocks() -> Blocks<Self> {
        Blocks::new(Self([
            0x6745_2301,
            0xefcd_ab89,
            0x98ba_dcfe,
            0x1032_5476,
            0xc3d2_e1f0,
        ]))
    }

    /// The first 64 bits of the digest.
    pub(crate) fn high(&self) -> u64 {
        let [a, b, ..] = self.0;
        (u64::from(a) << 32) | u64::from(b)
    }
}

impl Compress for Sha1 {
    const BIG_ENDIAN: bool = true;

    #[expect(clippy::indexing_slicing, reason = "every index is masked to 0..=15")]
    #[expect(clippy::many_single_char_names, reason = "the names of the standard")]
    fn compress(&mut self, block: &[u8; 64]) {
        let mut w = words(block, u32::from_be_bytes);
        let [mut a, mut b, mut c, mut d, mut e] = self.0;
        for i in 0..80_usize {
            if i >= 16 {
                let mixed = w[i.wrapping_add(13) & 15]
                    ^ w[i.wrapping_add(8) & 15]
                    ^ w[i.wrapping_add(2) & 15]
                    ^ w[i & 15];
                w[i & 15] = mixed.rotate_left(1);
            }
            let (f, k) = match i {
                0..20 => (d ^ (b & (c ^ d)), 0x5a82_7999),
                20..40 => (b ^ c ^ d, 0x6ed9_eba1),
                40..60 => ((b & c) | (d & (b | c)), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6_u32),
            };
            let next = a
                .rotate_left(5)
                .wrapping_add(f)
                .wrapping_add(e)
                .wrapping_add(k)
                .wrapping_add(w[i & 15]);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (sum, value) in self.0.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(value);
        }
    }
}
