//! What MD5, SHA-1 and SHA-256 share: blocks of 64 bytes, padded with the length in bits.

use super::Sink;

/// The part that differs: state and compression of one block.
pub(crate) trait Compress {
    /// Whether the length at the end is written highest byte first.
    const BIG_ENDIAN: bool;
    /// Folds one block into the state.
    fn compress(&mut self, block: &[u8; 64]);
}

/// Collects bytes into blocks.
pub(crate) struct Blocks<C> {
    state: C,
    block: [u8; 64],
    len: u64,
}

impl<C: Compress> Blocks<C> {
    pub(crate) fn new(state: C) -> Self {
        Self {
            state,
            block: [0; 64],
            len: 0,
        }
    }

    /// Pads, compresses what is left and gives the state.
    pub(crate) fn finish(mut self) -> C {
        let bits = self.len.wrapping_mul(8);
        self.write(&[0x80]);
        while self.len % 64 != 56 {
            self.write(&[0]);
        }
        self.write(&if C::BIG_ENDIAN {
            bits.to_be_bytes()
        } else {
            bits.to_le_bytes()
        });
        self.state
    }
}

impl<C: Compress> Sink for Blocks<C> {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let at = usize::try_from(self.len % 64).unwrap_or_default();
            if let Some(place) = self.block.get_mut(at) {
                *place = byte;
            }
            self.len = self.len.wrapping_add(1);
            if at == 63 {
                self.state.compress(&self.block);
            }
        }
    }
}

/// The sixteen words of a block.
pub(crate) fn words(block: &[u8; 64], from_bytes: fn([u8; 4]) -> u32) -> [u32; 16] {
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = from_bytes(*bytes);
    }
    words
}
