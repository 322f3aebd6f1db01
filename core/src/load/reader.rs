//! Numbers and runs of bytes, in order.

/// What is left to read. A read past the end gives nothing and sets `is_bad`, which is looked at
/// once, before what was read is relied on.
pub(super) struct Reader<'a> {
    pub(super) rest: &'a [u8],
    pub(super) is_bad: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            is_bad: false,
        }
    }

    /// Notes damage when something does not hold.
    pub(super) fn require(&mut self, holds: bool) {
        self.is_bad |= !holds;
    }

    /// The next `len` bytes.
    pub(super) fn take(&mut self, len: u32) -> &'a [u8] {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        match self.rest.split_at_checked(len) {
            Some((taken, rest)) => {
                self.rest = rest;
                taken
            }
            None => {
                self.is_bad = true;
                &[]
            }
        }
    }

    /// A number in groups of seven bits, lowest first; the high bit says that more follow.
    pub(super) fn number(&mut self) -> u32 {
        let mut value = 0;
        let mut shift = 0_u32;
        while let Some((&byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            value |= u32::from(byte & 127) << shift;
            if byte < 128 {
                // The fifth group has four bits left.
                self.require(shift < 28 || byte < 16);
                return value;
            }
            shift = shift.saturating_add(7);
            if shift > 28 {
                break;
            }
        }
        self.is_bad = true;
        0
    }
}
