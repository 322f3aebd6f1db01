//! The text of a key: what can be told about it without asking anybody.

use sha2::{Digest, Sha256};

use crate::error::{Failure, FailureKind};

/// Crockford's base 32 in lower case.
const SYMBOLS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Symbols of the checksum, 5 bits each.
const CHECKSUM_SYMBOLS: usize = 7;
const MAX_KEY_BYTES: usize = 200;

/// A key whose checksum is right; whether it was ever issued is the store's to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyText<'a>(&'a str);

impl<'a> KeyText<'a> {
    /// Reads `pk_…` or `sk_…`.
    ///
    /// A mistyped or cut key fails here, before any store is asked.
    pub(crate) fn parse(text: &'a str) -> Result<KeyText<'a>, Failure> {
        let unknown = || Failure::new(FailureKind::KeyUnknown, "there is no such key");
        let is_key = text.len() <= MAX_KEY_BYTES
            && text.is_ascii()
            && (text.starts_with("pk_") || is_secret(text));
        let split = text.len().saturating_sub(CHECKSUM_SYMBOLS);
        match text.split_at_checked(split) {
            Some((payload, sum)) if is_key && sum == checksum(payload) => Ok(KeyText(text)),
            _ => Err(unknown()),
        }
    }

    /// The text itself.
    pub(crate) fn as_str(&self) -> &str {
        self.0
    }

    /// Name of the record that says what the key opens.
    pub(crate) fn record_name(&self) -> String {
        format!("key/{}", sha256_hex(self.0.as_bytes()))
    }
}

/// Whether a text looks like a key that must not stand in an address.
pub(crate) fn is_secret(text: &str) -> bool {
    text.starts_with("sk_")
}

/// SHA-256 in lower-case hexadecimal digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16);
    Sha256::digest(bytes)
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .flatten()
        .collect()
}

/// The first 35 bits of the SHA-256 of everything before it.
fn checksum(payload: &str) -> String {
    let bits = Sha256::digest(payload.as_bytes())
        .iter()
        .take(5)
        .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    (1..=CHECKSUM_SYMBOLS)
        .filter_map(|place| {
            let symbol = (bits >> (40 - 5 * place)) & 31;
            SYMBOLS.get(usize::try_from(symbol).ok()?)
        })
        .map(|symbol| char::from(*symbol))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "pk_env_0123456789ab_q7w8e9r0t1y2";

    #[test]
    fn a_key_with_its_checksum_is_read_and_a_mistyped_one_is_not() {
        let key = format!("{KEY}{}", checksum(KEY));
        assert!(KeyText::parse(&key).is_ok());
        for wrong in [
            key.replace("q7", "7q"),
            key.replace("pk_", "sk_"),
            key.replace("pk_", "at_"),
            key.chars().skip(1).collect(),
            format!("{key}0"),
            "pk_".to_owned(),
            "ключ".to_owned(),
            "pk_".repeat(100),
        ] {
            let failure = KeyText::parse(&wrong).unwrap_err();
            assert_eq!(failure.kind(), FailureKind::KeyUnknown, "{wrong}");
        }
    }

    #[test]
    fn the_record_is_named_by_the_hash_of_the_whole_key() {
        assert_eq!(sha256_hex(b"abc").get(..16), Some("ba7816bf8f01cfea"));
        assert_eq!(KeyText(KEY).record_name().len(), "key/".len() + 64);
    }
}
