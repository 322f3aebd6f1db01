//! FNV-1a, 32 bit.

use super::Sink;

pub(crate) struct Fnv1a(u32);

impl Fnv1a {
    pub(crate) fn new() -> Self {
        Self(0x811c_9dc5)
    }

    /// One step; JavaScript SDKs feed whole UTF-16 units.
    pub(crate) fn write_unit(&mut self, unit: u32) {
        self.0 = (self.0 ^ unit).wrapping_mul(0x0100_0193);
    }

    pub(crate) fn finish(self) -> u32 {
        self.0
    }
}

impl Sink for Fnv1a {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_unit(u32::from(byte));
        }
    }
}
