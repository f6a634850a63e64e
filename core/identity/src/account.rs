//! Accounts: made, listed, given another password, disabled and enabled.

use meridian_store::{Lane, Origin, StoreError};

use crate::user::normalised;
use crate::{Identity, IdentityError, NewUser, User, password};

impl Identity {
    /// Makes an account.
    ///
    /// # Errors
    /// `Taken` when the name is; `NotAllowed` with the rule that the name or the password breaks.
    pub async fn create_user(&self, new: NewUser, password: &str) -> Result<(), IdentityError> {
        new.check()?;
        let password = self.hash(password).await?;
        let NewUser { username, display, role, institution } = new;
        let role = role.as_str().to_owned();
        let row = meridian_store::User { username, display, role, institution, password, disabled: false };
        let add = move |tx: &mut meridian_store::WriteTx<'_>| {
            if tx.user(&row.username)?.is_some() {
                return Err(IdentityError::Taken(row.username));
            }
            Ok(tx.put_user(&row)?)
        };
        self.inner.store.write(Lane::Interactive, Origin::default(), add).await
    }

    /// All accounts and whether they are disabled, in the order of their names.
    ///
    /// # Errors
    /// Those of the store.
    pub fn users(&self) -> Result<Vec<(User, bool)>, IdentityError> {
        let rows = self.inner.store.read(|sight| {
            let mut rows = sight.users()?;
            rows.sort_by(|a, b| a.username.cmp(&b.username));
            Ok::<_, StoreError>(rows)
        })?;
        rows.into_iter().map(|row| (row.disabled, row)).map(|(disabled, row)| Ok((row.try_into()?, disabled))).collect()
    }

    /// Gives an account another password and ends its sessions.
    ///
    /// # Errors
    /// `Unknown`, or `NotAllowed` for a password that is too short or too long.
    pub async fn set_password(&self, username: &str, password: &str) -> Result<(), IdentityError> {
        let password = self.hash(password).await?;
        self.change(username, |user| user.password = password).await
    }

    /// Disables an account, whose sessions end at once, or enables it again.
    ///
    /// # Errors
    /// `Unknown` when there is no such account.
    pub async fn set_disabled(&self, username: &str, disabled: bool) -> Result<(), IdentityError> {
        self.change(username, move |user| user.disabled = disabled).await
    }

    async fn change(
        &self,
        username: &str,
        to: impl FnOnce(&mut meridian_store::User) + Send + 'static,
    ) -> Result<(), IdentityError> {
        let name = normalised(username);
        let whose = name.clone();
        let act = move |tx: &mut meridian_store::WriteTx<'_>| {
            let Some(mut user) = tx.user(&name)? else { return Err(IdentityError::Unknown(name)) };
            to(&mut user);
            tx.put_user(&user)?;
            Ok(tx.end_sessions_of(&name)?)
        };
        self.inner.store.write(Lane::Interactive, Origin::default(), act).await?;
        self.inner.cache.withdraw_user(&whose);
        Ok(())
    }

    async fn hash(&self, password: &str) -> Result<String, IdentityError> {
        if password.chars().count() < password::SHORTEST || password.len() > password::LONGEST {
            return Err(IdentityError::NotAllowed("a password has at least 8 letters and at most 256 bytes"));
        }
        let turn = std::sync::Arc::clone(&self.inner.hashing).acquire_owned().await;
        let turn = turn.map_err(|_| StoreError::Stopping)?;
        let (this, password) = (self.clone(), password.to_owned());
        let hashing = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            this.inner.hasher.hash(&password)
        });
        hashing.await.map_err(|e| IdentityError::Hash(e.to_string()))?
    }
}
