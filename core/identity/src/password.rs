//! Passwords: Argon2id hashes as PHC strings, and new ones that can be read aloud.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::{Cost, IdentityError, secret};

/// Longer ones are refused, so that nobody makes us hash a book.
pub(crate) const LONGEST: usize = 256;
pub(crate) const SHORTEST: usize = 8;

/// Letters and digits that are not taken for one another.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS: usize = 3;
const GROUP: usize = 5;

pub(crate) struct Hasher(Argon2<'static>);

impl Hasher {
    pub(crate) fn new(cost: Cost) -> Result<Hasher, IdentityError> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None);
        let params = params.map_err(|e| IdentityError::Hash(e.to_string()))?;
        Ok(Hasher(Argon2::new(Algorithm::Argon2id, Version::V0x13, params)))
    }

    /// A PHC string with a salt of its own.
    pub(crate) fn hash(&self, password: &str) -> Result<String, IdentityError> {
        let hash = self.0.hash_password(password.as_bytes());
        Ok(hash.map_err(|e| IdentityError::Hash(e.to_string()))?.to_string())
    }

    /// Whether `password` made `stored`, at the cost that `stored` names.
    pub(crate) fn fits(&self, password: &str, stored: &str) -> Result<bool, IdentityError> {
        match PasswordVerifier::<str>::verify_password(&self.0, password.as_bytes(), stored) {
            Ok(()) => Ok(true),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(IdentityError::Hash(error.to_string())),
        }
    }
}

/// A new password such as `k7mqx-3xtr9-wdnfp`: 15 of 31 letters, 74 bits.
///
/// # Errors
/// When the system gives no randomness.
pub fn generate_password() -> Result<String, IdentityError> {
    let mut letters = Vec::with_capacity(GROUPS * GROUP);
    while letters.len() < GROUPS * GROUP {
        // A value beyond the letters is thrown away, not folded: folding would make some letters likelier.
        let bytes = secret::random::<32>()?;
        letters.extend(bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte & 31)).copied()).map(char::from));
    }
    let groups = letters.chunks(GROUP).take(GROUPS).map(|group| group.iter().collect::<String>());
    Ok(groups.collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_only() {
        let hasher = Hasher::new(Cost { memory_kib: 64, passes: 1 }).unwrap();
        let stored = hasher.hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert!(hasher.fits("correct horse", &stored).unwrap());
        assert!(!hasher.fits("correct horsf", &stored).unwrap());
        assert_ne!(stored, hasher.hash("correct horse").unwrap(), "each has its salt");
        assert!(hasher.fits("x", "no hash").is_err());
    }

    #[test]
    fn the_default_cost_is_the_advised_one() {
        let stored = Hasher::new(Cost::default()).unwrap().hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    }

    #[test]
    fn new_passwords_are_readable_and_differ() {
        let made: std::collections::HashSet<String> = (0..200).map(|_| generate_password().unwrap()).collect();
        assert_eq!(made.len(), 200);
        for password in &made {
            assert_eq!(password.len(), 17, "{password}");
            assert!(password.bytes().all(|b| b == b'-' || LETTERS.contains(&b)), "{password}");
        }
        let used: std::collections::HashSet<u8> = made.iter().flat_map(|p| p.bytes()).collect();
        assert_eq!(used.len(), LETTERS.len() + 1, "every letter occurs among 3,000");
    }
}
