//! Who signs in: people, their passwords, and the sessions that their secrets open.
//!
//! Time is a parameter everywhere (milliseconds since 1970 UTC). Nothing here knows of HTTP: a door brings a secret
//! and is told whose it is. What that person may do is the matter of `core/access`.

mod account;
mod cache;
mod error;
mod password;
mod secret;
mod session;
mod settings;
mod sign_in;
mod throttle;
mod user;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize};

use meridian_store::Store;
use tokio::sync::Semaphore;

pub use error::{IdentityError, SignInError};
pub use password::generate_password;
pub use session::Open;
pub use settings::{Cost, Settings};
pub use sign_in::SignedIn;
pub use throttle::{Allowance, Throttling};
pub use user::{NewUser, User};

/// Users and sessions over a store. Clones share everything.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    settings: Settings,
    hasher: password::Hasher,
    /// A hash that no password opens: what an unknown name is compared with, so that it takes as long as a known one.
    nobody: String,
    hashing: Arc<Semaphore>,
    /// Sign-ins that wait for their turn to hash.
    waiting: AtomicUsize,
    throttle: throttle::Throttle,
    cache: cache::Cache,
    swept: AtomicI64,
}

/// Passwords that are hashed at one time: each takes the memory of [`Cost`].
const HASHING: usize = 2;

impl Identity {
    /// Over `store`, with `settings`. Hashes once, which takes some tens of milliseconds.
    ///
    /// # Errors
    /// When the cost parameters are out of range, or the system gives no randomness.
    pub fn new(store: Store, settings: Settings) -> Result<Identity, IdentityError> {
        let hasher = password::Hasher::new(settings.cost)?;
        let nobody = hasher.hash(&secret::random_hex()?)?;
        let inner = Inner {
            store,
            hasher,
            nobody,
            hashing: Arc::new(Semaphore::new(HASHING)),
            waiting: AtomicUsize::new(0),
            throttle: throttle::Throttle::new(settings.throttling),
            cache: cache::Cache::new(settings.cache_for, settings.cached_sessions),
            swept: AtomicI64::new(0),
            settings,
        };
        Ok(Identity { inner: Arc::new(inner) })
    }
}
