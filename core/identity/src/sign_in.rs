//! A name and a password become a session.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use meridian_store::{Lane, Session, SessionKind, StoreError};

use crate::user::normalised;
use crate::{Identity, IdentityError, SignInError, User, password, secret, session};

/// What a door needs to open a session in a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub user: User,
    /// For the cookie alone; it is kept nowhere else.
    pub cookie_secret: String,
    /// What the page sends back with every unsafe request.
    pub csrf: String,
    /// When the session ends at the latest, in milliseconds since 1970 UTC.
    pub expires: i64,
}

/// Old sessions are swept out this often, at a sign-in.
const SWEEP_EVERY: i64 = 600_000;

impl Identity {
    /// Opens a cookie session.
    ///
    /// # Errors
    /// `Wrong` for an unknown or disabled user and for a wrong password alike, after the same time; `Throttled` for a
    /// name or an address with too many failures; `Busy` when too many wait.
    pub async fn sign_in(
        &self,
        username: &str,
        password: &str,
        client: IpAddr,
        now: i64,
    ) -> Result<SignedIn, SignInError> {
        let name = normalised(username);
        let inner = &self.inner;
        let throttled = || {
            inner.throttle.wait(&name, client, now).map(|left| SignInError::Throttled {
                retry_after: Duration::from_secs(left.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)),
            })
        };
        if let Some(refusal) = throttled() {
            return Err(refusal);
        }
        let waiting = Waiting::join(&inner.waiting, inner.settings.waiting_sign_ins)?;
        let turn = Arc::clone(&inner.hashing).acquire_owned().await.map_err(|_| StoreError::Stopping)?;
        drop(waiting);
        // Whoever waited here may have waited for the failures that close the door.
        if let Some(refusal) = throttled() {
            return Err(refusal);
        }
        let row = inner.store.read(|sight| sight.user(&name))?;
        let (this, sent) = (self.clone(), password.to_owned());
        let hashing = tokio::task::spawn_blocking(move || {
            let _turn = turn; // held for as long as the memory is, even if nobody waits for the answer any more
            let known = row.filter(|_| sent.len() <= password::LONGEST);
            let stored = known.as_ref().map_or(&this.inner.nobody, |user| &user.password);
            let sent = if sent.len() <= password::LONGEST { sent.as_str() } else { "" };
            let fits = this.inner.hasher.fits(sent, stored)?;
            let user = known.filter(|user| fits && !user.disabled);
            // Counted before the turn passes on, and even if the guesser has hung up.
            match user {
                Some(_) => this.inner.throttle.succeeded(&name),
                None => this.inner.throttle.failed(&name, client, now),
            }
            Ok::<_, IdentityError>(user)
        });
        let user = hashing.await.map_err(|e| IdentityError::Hash(e.to_string()))??;
        match user {
            Some(user) => self.open_cookie(user, now).await,
            None => Err(SignInError::Wrong),
        }
    }

    async fn open_cookie(&self, row: meridian_store::User, now: i64) -> Result<SignedIn, SignInError> {
        let (password, origin) = (row.password.clone(), session::origin(&row));
        let user = User::try_from(row)?;
        let (cookie_secret, csrf) = (secret::random_hex()?, secret::random_hex()?);
        let settings = &self.inner.settings;
        let expires = session::later(now, settings.cookie_for.min(settings.cookie_idle));
        let username = user.username.clone();
        let row = Session { username, kind: SessionKind::Cookie, csrf: csrf.clone(), created: now, expires };
        let hash = secret::hash(&cookie_secret).unwrap_or_default();
        let sweep = now.saturating_sub(self.inner.swept.load(Ordering::Relaxed)) >= SWEEP_EVERY;
        let opened = self.inner.store.write(Lane::Interactive, origin, move |tx| {
            // Disabled, or given another password, while this one was being hashed.
            if !tx.user(&row.username)?.is_some_and(|user| !user.disabled && user.password == password) {
                return Ok(false);
            }
            if sweep {
                tx.expire_sessions()?;
            }
            tx.add_session(&hash, &row)?;
            Ok::<_, StoreError>(true)
        });
        if !opened.await? {
            return Err(SignInError::Wrong);
        }
        if sweep {
            self.inner.swept.store(now, Ordering::Relaxed);
        }
        let expires = session::later(now, settings.cookie_for);
        Ok(SignedIn { user, cookie_secret, csrf, expires })
    }
}

/// A place in the queue, given back when dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Waiting<'_> {
    fn join(count: &AtomicUsize, most: usize) -> Result<Waiting<'_>, SignInError> {
        let place = Waiting(count);
        if count.fetch_add(1, Ordering::Relaxed) >= most {
            return Err(SignInError::Busy { retry_after: Duration::from_secs(2) });
        }
        Ok(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
