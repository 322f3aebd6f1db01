//! CRC-32 (IEEE 802.3, reflected), bit by bit: it hashes short ids only.

use super::Sink;

pub(crate) struct Crc32(u32);

impl Crc32 {
    pub(crate) fn new() -> Self {
        Self(!0)
    }

    pub(crate) fn finish(self) -> u32 {
        !self.0
    }
}

impl Sink for Crc32 {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 ^= u32::from(byte);
            for _ in 0..8 {
                let low_bit = self.0 & 1;
                self.0 = (self.0 >> 1) ^ (0xedb8_8320 & low_bit.wrapping_neg());
            }
        }
    }
}
