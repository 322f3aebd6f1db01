//! Keys and tokens: how they are made, recognised, stored and compared.
//!
//! All have one shape: `<prefix>_<scope>_<random><checksum>`. The checksum lets a secret scanner,
//! or the edge before it asks a store, tell a credential from any other text.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::error::ApiError;

/// Characters that nobody mixes up when reading aloud, and none that a double click stops at.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 7 characters hold 35 bits: one random text in 3·10^10 passes by accident.
const CHECKSUM_LENGTH: usize = 7;

/// Makes a credential from random bytes.
pub(crate) fn mint(prefix: &str, scope: &str, random: &[u8]) -> String {
    let body = format!("{prefix}_{scope}_{}", base32(random));
    let checksum = checksum(&body);
    body + &checksum
}

/// Whether a text has the prefix, the shape and the checksum of a credential.
pub(crate) fn is_well_formed(text: &str, prefix: &str) -> bool {
    let Some(split) = text.len().checked_sub(CHECKSUM_LENGTH) else {
        return false;
    };
    let (Some(body), Some(found)) = (text.get(..split), text.get(split..)) else {
        return false;
    };
    body.split('_').next() == Some(prefix)
        && body.matches('_').count() >= 2
        && found == checksum(body)
}

/// The only form in which secrets are stored: 64 hexadecimal digits of SHA-256.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Lower-case or upper-case hexadecimal digits as bytes; `None` when they are anything else.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|value| u8::try_from(value).ok())
        })
        .collect();
    let digits = digits?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// Public name of a credential: the first 16 digits of its hash.
pub(crate) fn id_of(hash: &str) -> String {
    hash.chars().take(16).collect()
}

/// Last four characters, to recognise a credential by.
pub(crate) fn last4(text: &str) -> String {
    let skip = text.chars().count().saturating_sub(4);
    text.chars().skip(skip).collect()
}

/// Compares two hashes in a time that does not depend on where they differ.
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// Bytes from the platform's random source.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], ApiError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(ApiError::internal)?;
    Ok(bytes)
}

/// A short random name such as the part of an environment id after `env_`.
pub(crate) fn random_name() -> Result<String, ApiError> {
    Ok(base32(&random::<8>()?).chars().take(12).collect())
}

/// Text of a random secret that stands alone, such as the one in a setup link.
pub(crate) fn random_secret() -> Result<String, ApiError> {
    Ok(base32(&random::<32>()?))
}

fn checksum(body: &str) -> String {
    base32(&Sha256::digest(body))
        .chars()
        .take(CHECKSUM_LENGTH)
        .collect()
}

/// Five bits a character, most significant first, the last character padded with zero bits.
fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut buffer = 0_u32;
    let mut bits = 0_u32;
    for byte in bytes {
        buffer = buffer << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(character(buffer >> bits));
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(character(buffer << (5 - bits)));
    }
    text
}

fn character(five_bits: u32) -> char {
    let index = usize::try_from(five_bits & 31).unwrap_or(0);
    ALPHABET.get(index).copied().map_or('0', char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_credential_is_recognised_and_a_changed_one_is_not() {
        let key = mint("pk", "env_abc", &[7; 16]);
        assert!(key.starts_with("pk_env_abc_"), "{key}");
        assert!(is_well_formed(&key, "pk"));
        assert!(!is_well_formed(&key, "sk"));
        for position in 0..key.len() {
            let mut changed = key.clone().into_bytes();
            changed[position] = if changed[position] == b'z' {
                b'y'
            } else {
                b'z'
            };
            let changed = String::from_utf8(changed).unwrap();
            assert!(!is_well_formed(&changed, "pk"), "{changed}");
        }
    }

    #[test]
    fn nonsense_is_not_a_credential() {
        for text in [
            "",
            "pk",
            "pk_",
            "pk_env_",
            "pk__",
            "pk_ü_äöüäöüäö",
            "0000000",
        ] {
            assert!(!is_well_formed(text, "pk"), "{text}");
        }
    }

    #[test]
    fn base32_writes_five_bits_a_character() {
        assert_eq!(base32(&[0xff, 0xff, 0xff, 0xff, 0xff]), "zzzzzzzz");
        assert_eq!(base32(&[0b0000_1000]), "10");
        assert_eq!(base32(&[]), "");
    }

    #[test]
    fn hexadecimal_digits_read_back() {
        assert_eq!(
            from_hex(&hex(&[0, 1, 0xab, 0xff])),
            Some(vec![0, 1, 0xab, 0xff])
        );
        assert_eq!(from_hex("abc"), None);
        assert_eq!(from_hex("zz"), None);
    }

    #[test]
    fn hashes_are_those_of_sha_256() {
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert!(is_same("ab", "ab"));
        assert!(!is_same("ab", "abc"));
        assert!(!is_same("ab", "ac"));
    }
}
