//! What can go wrong.

use std::time::Duration;

use meridian_store::StoreError;

/// Why nobody was signed in. The first two are answers for the person; the others are not their fault.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown, disabled and mistaken look alike.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many failures for this name or from this address.
    #[error("too many failed attempts; try again in {} s", retry_after.as_secs())]
    Throttled { retry_after: Duration },
    /// More people are signing in than the machine can hash for.
    #[error("too many people are signing in; try again in {} s", retry_after.as_secs())]
    Busy { retry_after: Duration },
    #[error(transparent)]
    Fault(#[from] IdentityError),
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> SignInError {
        SignInError::Fault(error.into())
    }
}

/// A fault of this room or of what it stands on, or a rule for accounts that the caller broke.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a password could not be hashed or read: {0}")]
    Hash(String),
    #[error("the system gives no randomness: {0}")]
    Random(String),
    #[error("there is a user named {0} already")]
    Taken(String),
    #[error("there is no user named {0}")]
    Unknown(String),
    #[error("user {0} is disabled")]
    Disabled(String),
    /// A stored role that this program does not know.
    #[error(transparent)]
    Role(#[from] meridian_access::UnknownRole),
    /// Which rule, as a sentence for the person who made the account.
    #[error("{0}")]
    NotAllowed(&'static str),
}
