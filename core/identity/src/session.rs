//! Whose secret is this? Sessions in cookies, sessions of bearers, and their end.

use std::sync::Arc;
use std::time::Duration;

use meridian_store::{Lane, Origin, Session, SessionKind, StoreError};

use crate::cache::Known;
use crate::user::normalised;
use crate::{Identity, IdentityError, User, secret};

/// An open session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    pub user: User,
    /// Empty for a bearer, which no browser sends by itself.
    pub csrf: String,
}

impl Open {
    /// Whether the page sent this session's CSRF token.
    pub fn csrf_is(&self, sent: &str) -> bool {
        !self.csrf.is_empty() && secret::same(&self.csrf, sent)
    }
}

impl Identity {
    /// Who opened the cookie session with this secret, if it is open. Being used keeps it from ending idle.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn by_cookie(&self, secret: &str, now: i64) -> Result<Option<Arc<Open>>, IdentityError> {
        self.open(secret, SessionKind::Cookie, now).await
    }

    /// Whom this bearer secret was issued to, if it still holds.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn by_bearer(&self, secret: &str, now: i64) -> Result<Option<Arc<Open>>, IdentityError> {
        self.open(secret, SessionKind::Bearer, now).await
    }

    async fn open(&self, sent: &str, kind: SessionKind, now: i64) -> Result<Option<Arc<Open>>, IdentityError> {
        let Some(hash) = secret::hash(sent) else { return Ok(None) };
        let holds = |known: &Known| known.kind == kind && now < known.expires;
        let mark = match self.inner.cache.find(&hash, now) {
            Ok(known) => return Ok(holds(&known).then_some(known.open)),
            Err(mark) => mark,
        };
        let found = self.inner.store.read(|sight| {
            let Some(session) = sight.session(&hash)? else { return Ok(None) };
            let user = sight.user(&session.username)?.filter(|user| !user.disabled);
            Ok::<_, StoreError>(user.map(|user| (session, user)))
        })?;
        let Some((session, user)) = found else { return Ok(None) };
        let open = Arc::new(Open { user: user.try_into()?, csrf: session.csrf.clone() });
        let mut known = Known { open, kind: session.kind, expires: session.expires, read: now };
        if !holds(&known) {
            return Ok(None);
        }
        if session.kind == SessionKind::Cookie {
            known.expires = self.keep_from_idling(hash, &session, now).await?;
        }
        self.inner.cache.keep(hash, known.clone(), mark);
        Ok(Some(known.open))
    }

    /// Moves the end of a session that is used; rarely, because each move is a write.
    async fn keep_from_idling(&self, hash: secret::Hash, session: &Session, now: i64) -> Result<i64, IdentityError> {
        let settings = &self.inner.settings;
        let end = later(session.created, settings.cookie_for).min(later(now, settings.cookie_idle));
        let worth_it =
            later(session.expires, settings.cookie_idle / 8).min(later(session.created, settings.cookie_for));
        if end <= session.expires || end < worth_it {
            return Ok(session.expires);
        }
        let origin = Origin { actor: session.username.clone(), ..Origin::default() };
        let store = &self.inner.store;
        store.write(Lane::Interactive, origin, move |tx| tx.extend_session(&hash, end)).await?;
        Ok(end)
    }

    /// Ends the session of a cookie or bearer secret, at once. One that is not open is left so.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out(&self, secret: &str) -> Result<(), IdentityError> {
        let Some(hash) = secret::hash(secret) else { return Ok(()) };
        let store = &self.inner.store;
        store.write(Lane::Interactive, Origin::default(), move |tx| tx.end_session(&hash)).await?;
        self.inner.cache.withdraw(&hash);
        Ok(())
    }

    /// Issues a bearer secret to a user: for a program that acts in the name of that account.
    ///
    /// # Errors
    /// `Unknown` or `Disabled` for the user; `NotAllowed` when `ttl` is longer than the settings allow.
    pub async fn issue_bearer(&self, username: &str, ttl: Duration, now: i64) -> Result<String, IdentityError> {
        if ttl > self.inner.settings.bearer_at_most {
            return Err(IdentityError::NotAllowed("a bearer secret is not issued for that long"));
        }
        let (username, secret) = (normalised(username), secret::random_hex()?);
        let hash = secret::hash(&secret).unwrap_or_default();
        let origin = Origin { actor: username.clone(), ..Origin::default() };
        let issue = move |tx: &mut meridian_store::WriteTx<'_>| {
            match tx.user(&username)? {
                None => return Err(IdentityError::Unknown(username)),
                Some(user) if user.disabled => return Err(IdentityError::Disabled(username)),
                Some(_) => {}
            }
            let (kind, expires) = (SessionKind::Bearer, later(now, ttl));
            tx.add_session(&hash, &Session { username, kind, csrf: String::new(), created: now, expires })?;
            Ok(())
        };
        self.inner.store.write(Lane::Interactive, origin, issue).await?;
        Ok(secret)
    }
}

pub(crate) fn later(at: i64, by: Duration) -> i64 {
    at.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
}

pub(crate) fn origin(user: &meridian_store::User) -> Origin {
    Origin {
        actor: user.username.clone(),
        role: user.role.clone(),
        institution: user.institution.clone(),
        request: String::new(),
    }
}
