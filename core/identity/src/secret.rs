//! Secrets: 32 random bytes, shown once as 64 hexadecimal digits, known afterwards by their SHA-256 only.

use sha2::{Digest, Sha256};

use crate::IdentityError;

const BYTES: usize = 32;

/// What stands for a secret in the store and in memory.
pub(crate) type Hash = [u8; 32];

pub(crate) fn random<const N: usize>() -> Result<[u8; N], IdentityError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| IdentityError::Random(e.to_string()))?;
    Ok(bytes)
}

pub(crate) fn random_hex() -> Result<String, IdentityError> {
    Ok(hex::encode(random::<BYTES>()?))
}

/// The hash of a secret as it came in; nothing for what cannot be one.
pub(crate) fn hash(secret: &str) -> Option<Hash> {
    let ours = secret.len() == 2 * BYTES && secret.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    ours.then(|| Sha256::digest(secret).into())
}

/// Whether two texts are equal, in a time that does not tell how much of them is.
pub(crate) fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a) == Sha256::digest(b)
}
