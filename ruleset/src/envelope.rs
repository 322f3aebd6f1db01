//! What a plan travels in: who published it, when, and a signature over it.

use std::fmt;

use sha2::{Digest, Sha256};

const MAGIC: &[u8; 4] = b"PNV1";

/// What an envelope says about its plan.
///
/// Units: times in epoch milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Id of the environment, at most 255 bytes.
    pub environment: String,
    /// Grows with every publication of the environment.
    pub revision: u64,
    /// When it was published.
    pub issued_ms: u64,
    /// When a holder should have heard of a newer one; 0 is never.
    pub expires_ms: u64,
    /// Which key signed, see [`key_id`].
    pub key_id: [u8; 8],
}

/// A read envelope, borrowed from its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened<'a> {
    /// What it says about its plan.
    pub header: Header,
    /// SHA-256 of the plan; compared with the plan while opening.
    pub plan_hash: [u8; 32],
    /// What the signature is over.
    pub signed: &'a [u8],
    /// Ed25519 signature. Verifying it is the holder's duty: only the holder knows which keys to trust.
    pub signature: [u8; 64],
    /// The plan.
    pub plan: &'a [u8],
}

/// Why bytes are no envelope, or cannot become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// They do not begin as an envelope does, or a version does that this crate does not read.
    Format,
    /// They end too early.
    Truncated,
    /// The environment's id is not UTF-8, or longer than 255 bytes.
    Environment,
    /// The plan is not the one whose hash the envelope carries.
    Hash,
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Format => "not an envelope of a version this reader knows",
            Self::Truncated => "the envelope ends too early",
            Self::Environment => "the environment id is not UTF-8 or longer than 255 bytes",
            Self::Hash => "the plan is not the one the envelope was made for",
        })
    }
}

impl std::error::Error for EnvelopeError {}

/// The short name of a public key: the first 8 bytes of its SHA-256.
pub fn key_id(public_key: &[u8; 32]) -> [u8; 8] {
    let hash = <[u8; 32]>::from(Sha256::digest(public_key));
    hash.first_chunk().copied().unwrap_or_default()
}

/// Puts a plan into an envelope.
///
/// Shape: `"PNV1"`, length and bytes of the environment's id, revision, issued and expires (u64 little
/// endian), SHA-256 of the plan, key id, signature over everything before it, plan.
///
/// # Errors
///
/// [`EnvelopeError::Environment`].
pub fn seal(
    header: &Header,
    plan: &[u8],
    sign: impl FnOnce(&[u8]) -> [u8; 64],
) -> Result<Vec<u8>, EnvelopeError> {
    let length = u8::try_from(header.environment.len()).map_err(|_| EnvelopeError::Environment)?;
    let mut bytes = Vec::with_capacity(200 + header.environment.len() + plan.len());
    bytes.extend_from_slice(MAGIC);
    bytes.push(length);
    bytes.extend_from_slice(header.environment.as_bytes());
    for number in [header.revision, header.issued_ms, header.expires_ms] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&Sha256::digest(plan));
    bytes.extend_from_slice(&header.key_id);
    let signature = sign(&bytes);
    bytes.extend_from_slice(&signature);
    bytes.extend_from_slice(plan);
    Ok(bytes)
}

/// Reads an envelope and compares the plan with its hash. The signature is not verified.
///
///
/// # Errors
///
/// Bytes that are no envelope, are cut, or whose plan has another hash.
pub fn open(bytes: &[u8]) -> Result<Opened<'_>, EnvelopeError> {
    let mut rest = bytes;
    if &take::<4>(&mut rest)? != MAGIC {
        return Err(EnvelopeError::Format);
    }
    let [length] = take(&mut rest)?;
    let (environment, after) = rest
        .split_at_checked(usize::from(length))
        .ok_or(EnvelopeError::Truncated)?;
    rest = after;
    let environment = std::str::from_utf8(environment)
        .map_err(|_| EnvelopeError::Environment)?
        .to_owned();
    let revision = u64::from_le_bytes(take(&mut rest)?);
    let issued_ms = u64::from_le_bytes(take(&mut rest)?);
    let expires_ms = u64::from_le_bytes(take(&mut rest)?);
    let plan_hash = take(&mut rest)?;
    let key_id = take(&mut rest)?;
    let signed = bytes
        .get(..bytes.len() - rest.len())
        .ok_or(EnvelopeError::Truncated)?;
    let signature = take(&mut rest)?;
    if <[u8; 32]>::from(Sha256::digest(rest)) != plan_hash {
        return Err(EnvelopeError::Hash);
    }
    let header = Header {
        environment,
        revision,
        issued_ms,
        expires_ms,
        key_id,
    };
    Ok(Opened {
        header,
        plan_hash,
        signed,
        signature,
        plan: rest,
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], EnvelopeError> {
    let (first, after) = rest.split_first_chunk().ok_or(EnvelopeError::Truncated)?;
    *rest = after;
    Ok(*first)
}
