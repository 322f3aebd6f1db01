//! Numbers and runs of bytes, in order.

/// How far the bytes are read. A read past the end gives nothing and sets `is_bad`, which is
/// looked at once, before what was read is relied on.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) at: usize,
    pub(super) is_bad: bool,
}

impl Reader {
    /// Notes damage when something does not hold.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(super) fn require(&mut self, holds: bool) {
        self.is_bad |= !holds;
    }

    /// The next byte.
    fn byte(&mut self, bytes: &[u8]) -> u32 {
        let byte = bytes.get(self.at).copied();
        self.require(byte.is_some());
        self.at = self.at.saturating_add(1);
        u32::from(byte.unwrap_or_default())
    }

    /// Four bytes, lowest first.
    pub(super) fn word(&mut self, bytes: &[u8]) -> u32 {
        let mut word = 0;
        for _ in 0..4 {
            word = (word >> 8) | (self.byte(bytes) << 24);
        }
        word
    }

    /// A number in groups of seven bits, lowest first; the high bit says that more follow.
    pub(super) fn number(&mut self, bytes: &[u8]) -> u32 {
        let mut value = 0;
        let mut shift = 0_u32;
        loop {
            let byte = self.byte(bytes);
            value |= (byte & 127) << shift;
            // The fifth group has four bits left.
            self.require(shift < 28 || byte < 16);
            shift = shift.wrapping_add(7);
            if byte < 128 || shift > 28 {
                return value;
            }
        }
    }
}
