//! MD5 (RFC 1321), for vendors that bucket by it; nothing here relies on its strength.

use super::blocks::{Blocks, Compress, words};

pub(crate) struct Md5([u32; 4]);

impl Md5 {
    pub(crate) fn blocks() -> Blocks<Self> {
        Blocks::new(Self([0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]))
    }

    /// The digest, first byte highest.
    pub(crate) fn digest(&self) -> u128 {
        self.0.iter().fold(0, |digest, word| {
            (digest << 32) | u128::from(word.swap_bytes())
        })
    }
}

impl Compress for Md5 {
    const BIG_ENDIAN: bool = false;

    #[expect(clippy::indexing_slicing, reason = "every index is masked to 0..=15")]
    #[expect(clippy::many_single_char_names, reason = "the names of the standard")]
    fn compress(&mut self, block: &[u8; 64]) {
        let w = words(block, u32::from_le_bytes);
        let [mut a, mut b, mut c, mut d] = self.0;
        for (i, sine) in SINES.into_iter().enumerate() {
            let (f, word) = match i {
                0..16 => (d ^ (b & (c ^ d)), i),
                16..32 => (c ^ (d & (b ^ c)), i.wrapping_mul(5).wrapping_add(1)),
                32..48 => (b ^ c ^ d, i.wrapping_mul(3).wrapping_add(5)),
                _ => (c ^ (b | !d), i.wrapping_mul(7)),
            };
            let sum = a
                .wrapping_add(f)
                .wrapping_add(sine)
                .wrapping_add(w[word & 15]);
            let turn = TURNS[((i >> 2) & 0xc) | (i & 3)];
            (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(turn)));
        }
        for (sum, value) in self.0.iter_mut().zip([a, b, c, d]) {
            *sum = sum.wrapping_add(value);
        }
    }
}

/// Four rotations for each of the four rounds.
const TURNS: [u32; 16] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

/// `floor(2^32 * |sin(i + 1)|)`.
#[rustfmt::skip]
const SINES: [u32; 64] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
    0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
    0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
    0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
    0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
    0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
    0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
];
