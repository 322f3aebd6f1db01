//! Numbers and runs of bytes, in order.

use super::Checked;
use crate::error::LoadErrorKind;

pub(super) struct Reader<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next `len` bytes.
    pub(super) fn take(&mut self, len: u32) -> Checked<&'a [u8]> {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let (taken, rest) = self
            .rest
            .split_at_checked(len)
            .ok_or(LoadErrorKind::Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    /// A number in groups of seven bits, lowest first; the high bit says that more follow.
    pub(super) fn number(&mut self) -> Checked<u32> {
        let mut value = 0;
        let mut shift = 0_u32;
        while let Some((&byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            if shift == 28 && byte > 15 {
                break;
            }
            value |= u32::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(value);
            }
            shift = shift.saturating_add(7);
        }
        Err(LoadErrorKind::Damaged)
    }
}
