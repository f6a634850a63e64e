//! A user, without the password.

use meridian_access::Role;

use crate::IdentityError;

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub username: String,
    /// The name that others see.
    pub display: String,
    pub role: Role,
    /// The code of the institution that vouches for this person.
    pub institution: String,
}

/// The same fields, of somebody who gets an account.
pub type NewUser = User;

const LONGEST: usize = 64;

/// Names are compared as people type them: without outer blanks, in lower case.
pub(crate) fn normalised(username: &str) -> String {
    username.trim().to_lowercase()
}

impl User {
    pub(crate) fn check(&self) -> Result<(), IdentityError> {
        let letter = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
        let name = &self.username;
        if name.is_empty() || name.chars().count() > LONGEST || !name.chars().all(letter) || normalised(name) != *name {
            return Err(IdentityError::NotAllowed(
                "a username has 1 to 64 lower-case letters, digits, dots, dashes, underscores or @",
            ));
        }
        if [&self.display, &self.institution].iter().any(|text| text.trim().is_empty()) {
            return Err(IdentityError::NotAllowed("a user has a display name and an institution"));
        }
        Ok(())
    }
}

impl TryFrom<meridian_store::User> for User {
    type Error = IdentityError;

    fn try_from(row: meridian_store::User) -> Result<User, IdentityError> {
        let role = row.role.parse()?;
        Ok(User { username: row.username, display: row.display, role, institution: row.institution })
    }
}
