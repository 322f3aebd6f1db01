//! Who a unit is inside a shard: not the id that the application knows.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use worker::{Error, Result};

/// Bytes of a subject.
const SUBJECT_BYTES: usize = 16;

/// Makes subjects of one environment.
pub(crate) struct Subjects(Hmac<Sha256>);

impl Subjects {
    /// Keyed by the environment's pepper.
    pub(crate) fn new(pepper: &[u8]) -> Result<Self> {
        Hmac::new_from_slice(pepper)
            .map(Self)
            .map_err(|error| Error::RustError(error.to_string()))
    }

    /// The first 16 bytes of HMAC-SHA256 over type and id, which a NUL byte keeps apart.
    pub(crate) fn of(&self, unit_type: &str, unit_id: &str) -> Vec<u8> {
        let mut mac = self.0.clone();
        mac.update(unit_type.as_bytes());
        mac.update(&[0]);
        mac.update(unit_id.as_bytes());
        let digest = mac.finalize().into_bytes();
        digest.iter().take(SUBJECT_BYTES).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_depends_on_pepper_type_and_id_and_their_border() {
        let of = |pepper: &[u8], kind, id| Subjects::new(pepper).unwrap().of(kind, id);
        let subject = of(&[7; 32], "user", "u1");
        assert_eq!(subject.len(), SUBJECT_BYTES);
        assert_eq!(subject, of(&[7; 32], "user", "u1"));
        assert_ne!(subject, of(&[8; 32], "user", "u1"));
        assert_ne!(subject, of(&[7; 32], "device", "u1"));
        assert_ne!(of(&[7; 32], "us", "eru1"), of(&[7; 32], "user", "u1"));
    }
}
