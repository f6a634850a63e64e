//! Answers about secrets, kept for some seconds, so that a busy session does not cost a table look-up each time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use meridian_store::SessionKind;

use crate::Open;
use crate::secret::Hash;

/// What is known of a secret.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) open: Arc<Open>,
    pub(crate) kind: SessionKind,
    pub(crate) expires: i64,
    /// When it was read.
    pub(crate) read: i64,
}

pub(crate) struct Cache {
    for_millis: i64,
    size: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: HashMap<Hash, Known>,
    /// Grows with every withdrawal: an answer that was read before one must not be kept after it.
    withdrawals: u64,
}

impl Cache {
    pub(crate) fn new(keep: Duration, size: usize) -> Cache {
        let for_millis = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
        Cache { for_millis, size, state: Mutex::default() }
    }

    /// The answer, or the mark to give to [`Cache::keep`] after a look into the store.
    pub(crate) fn find(&self, hash: &Hash, now: i64) -> Result<Known, u64> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.known.get(hash) {
            Some(known) if self.fresh(known, now) => Ok(known.clone()),
            _ => Err(state.withdrawals),
        }
    }

    pub(crate) fn keep(&self, hash: Hash, known: Known, mark: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.withdrawals != mark || self.size == 0 {
            return;
        }
        if state.known.len() >= self.size {
            state.known.retain(|_, old| self.fresh(old, known.read));
            if state.known.len() >= self.size {
                state.known.clear();
            }
        }
        state.known.insert(hash, known);
    }

    pub(crate) fn withdraw(&self, hash: &Hash) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.withdrawals += 1;
        state.known.remove(hash);
    }

    pub(crate) fn withdraw_user(&self, username: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.withdrawals += 1;
        state.known.retain(|_, known| known.open.user.username != username);
    }

    fn fresh(&self, known: &Known, now: i64) -> bool {
        now >= known.read && now - known.read < self.for_millis
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::User;

    fn known(username: &str, read: i64) -> Known {
        let text = String::new;
        let role = meridian_access::Role::Nurse;
        let user = User { username: username.into(), display: text(), role, institution: text() };
        let open = Arc::new(Open { user, csrf: text() });
        Known { open, kind: SessionKind::Cookie, expires: i64::MAX, read }
    }

    #[test]
    fn an_answer_read_before_a_withdrawal_is_not_kept_after_it() {
        let cache = Cache::new(Duration::from_secs(5), 10);
        let mark = cache.find(&[1; 32], 0).err().unwrap();
        cache.withdraw_user("li");
        cache.keep([1; 32], known("li", 0), mark);
        assert!(cache.find(&[1; 32], 0).is_err());
    }

    #[test]
    fn answers_grow_old_and_few_are_kept() {
        let cache = Cache::new(Duration::from_secs(5), 10);
        for n in 0..100 {
            cache.keep([n; 32], known("li", 0), 0);
            assert!(cache.find(&[n; 32], 4999).is_ok());
        }
        assert!(cache.state.lock().unwrap().known.len() <= 10);
        assert!(cache.find(&[99; 32], 5000).is_err());
        assert!(cache.find(&[99; 32], -1).is_err(), "read in the future");
    }
}
