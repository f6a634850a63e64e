//! Somebody (a person or a system) who asks for something.

use std::fmt;
use std::str::FromStr;

/// What somebody is in the region.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    Doctor,
    Nurse,
    /// Runs the platform at the information centre.
    Operator,
    /// An institution's system that feeds the record, or the platform itself.
    System,
}

/// A role that nobody knows.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no role `{0}`")]
pub struct UnknownRole(pub String);

impl Role {
    pub const ALL: [Role; 4] = [Role::Doctor, Role::Nurse, Role::Operator, Role::System];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Doctor => "doctor",
            Role::Nurse => "nurse",
            Role::Operator => "operator",
            Role::System => "system",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Role, UnknownRole> {
        Role::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

/// Who asks, for whom, and under which request. Nothing is done without one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// The user name, or the name of a system.
    pub actor: String,
    /// How the actor is called in logs that people read.
    pub display: String,
    pub role: Role,
    /// The code of the institution that the caller acts for.
    pub institution: String,
    /// The id of the request, for logs and audit.
    pub request: String,
    /// The id of the Patient whose record is open where the caller works. A write about anybody else is refused.
    pub about: Option<String>,
}

impl Caller {
    /// A system of the platform itself, acting for `institution`.
    pub fn system(name: &str, institution: &str, request: &str) -> Caller {
        Caller {
            actor: format!("system:{name}"),
            display: name.to_owned(),
            role: Role::System,
            institution: institution.to_owned(),
            request: request.to_owned(),
            about: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_as_it_is_written() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!("Doctor".parse::<Role>(), Err(UnknownRole("Doctor".into())));
    }
}
