//! The file that `meridian demo --ready-file F` writes when every door is open.

use anyhow::Context as _;
use serde::Deserialize;

/// A demo sign-in.
#[derive(Debug, Clone, Deserialize)]
pub struct User {
    pub username: String,
    pub password: String,
    /// `doctor`, `nurse` or `operator`.
    pub role: String,
    /// The code of the institution.
    pub institution: String,
}

/// Where the doors are and who may enter.
#[derive(Debug, Clone, Deserialize)]
pub struct Ready {
    /// `http://127.0.0.1:8080`
    pub http: String,
    /// `127.0.0.1:2575`
    pub mllp: String,
    pub users: Vec<User>,
    /// Bearer token of a demo operator who may read and write everything.
    pub token: String,
}

impl Ready {
    /// Reads the text of a ready file.
    ///
    /// # Errors
    /// When it is not of the promised form.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        serde_json::from_str(text).with_context(|| format!("the ready file holds {text:?}"))
    }

    /// The first user of a role, at an institution where one is named.
    #[must_use]
    pub fn user(&self, role: &str, institution: Option<&str>) -> Option<&User> {
        self.users.iter().find(|user| user.role == role && institution.is_none_or(|code| user.institution == code))
    }
}
