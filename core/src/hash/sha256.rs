//! SHA-256 (FIPS 180-4).

use super::blocks::{Blocks, Compress, words};

pub(crate) struct Sha256([u32; 8]);

impl Sha256 {
    pub(crate) fn blocks() -> Blocks<Self> {
        Blocks::new(Self(SQUARE_ROOTS))
    }

    /// The first 64 bits of the digest.
    pub(crate) fn high(&self) -> u64 {
        let [a, b, ..] = self.0;
        (u64::from(a) << 32) | u64::from(b)
    }
}

impl Compress for Sha256 {
    const BIG_ENDIAN: bool = true;

    #[expect(clippy::indexing_slicing, reason = "every index is masked to 0..=15")]
    #[expect(clippy::many_single_char_names, reason = "the names of the standard")]
    fn compress(&mut self, block: &[u8; 64]) {
        let mut w = words(block, u32::from_be_bytes);
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = self.0;
        for (i, root) in CUBE_ROOTS.into_iter().enumerate() {
            if i >= 16 {
                let (x, y) = (w[i.wrapping_add(1) & 15], w[i.wrapping_add(14) & 15]);
                w[i & 15] = w[i & 15]
                    .wrapping_add(x.rotate_right(7) ^ x.rotate_right(18) ^ (x >> 3))
                    .wrapping_add(w[i.wrapping_add(9) & 15])
                    .wrapping_add(y.rotate_right(17) ^ y.rotate_right(19) ^ (y >> 10));
            }
            let first = h
                .wrapping_add(e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25))
                .wrapping_add(g ^ (e & (f ^ g)))
                .wrapping_add(root)
                .wrapping_add(w[i & 15]);
            let second = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22))
                .wrapping_add((a & b) | (c & (a | b)));
            (h, g, f, e) = (g, f, e, d.wrapping_add(first));
            (d, c, b, a) = (c, b, a, first.wrapping_add(second));
        }
        for (sum, value) in self.0.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *sum = sum.wrapping_add(value);
        }
    }
}

/// First 32 bits of the fractions of the square roots of the first 8 primes.
#[rustfmt::skip]
const SQUARE_ROOTS: [u32; 8] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
];

/// First 32 bits of the fractions of the cube roots of the first 64 primes.
#[rustfmt::skip]
const CUBE_ROOTS: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];
