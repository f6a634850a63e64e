//! How long sessions last, what a password costs, how guessing is slowed.

use std::time::Duration;

use crate::Throttling;

/// The settings of [`crate::Identity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A cookie session ends this long after its sign-in, however busy it is.
    pub cookie_for: Duration,
    /// A cookie session ends this long after it was last used.
    pub cookie_idle: Duration,
    /// The longest time a bearer secret may be issued for.
    pub bearer_at_most: Duration,
    /// How long an answer about a secret may be given from memory.
    pub cache_for: Duration,
    /// How many answers are kept in memory.
    pub cached_sessions: usize,
    /// Sign-ins that may wait for their password to be hashed; more are turned away.
    pub waiting_sign_ins: usize,
    pub cost: Cost,
    pub throttling: Throttling,
}

/// What hashing a password costs (Argon2id, one lane).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Default for Cost {
    /// The least that OWASP's password storage advice names for Argon2id: 19 MiB, two passes.
    fn default() -> Cost {
        Cost { memory_kib: 19 * 1024, passes: 2 }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            cookie_for: Duration::from_secs(12 * 3600),
            cookie_idle: Duration::from_secs(2 * 3600),
            bearer_at_most: Duration::from_secs(366 * 24 * 3600),
            cache_for: Duration::from_secs(5),
            cached_sessions: 8192,
            waiting_sign_ins: 128,
            cost: Cost::default(),
            throttling: Throttling::default(),
        }
    }
}
