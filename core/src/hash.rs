//! Hash functions, each fed piece by piece.

pub(crate) mod blocks;
pub(crate) mod crc32;
pub(crate) mod fnv;
pub(crate) mod md5;
pub(crate) mod murmur3;
pub(crate) mod sha1;
pub(crate) mod sha256;

/// Something that takes bytes.
pub(crate) trait Sink {
    /// Appends bytes to what is hashed.
    fn write(&mut self, bytes: &[u8]);
}
