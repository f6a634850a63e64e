//! What a server answered over HTTP.

use anyhow::{Context as _, bail};
use serde_json::Value;

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub text: String,
    /// What was asked, for messages: `POST /fhir/Patient`.
    pub asked: String,
}

impl Answer {
    /// A header by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is none.
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_str(&self.text).with_context(|| format!("{self} is no JSON"))
    }

    /// The body of an answer with this status.
    ///
    /// # Errors
    /// When the status is another; the message carries the body.
    pub fn expect(&self, status: u16) -> anyhow::Result<&Self> {
        if self.status != status {
            bail!("expected {status}, but {self}");
        }
        Ok(self)
    }

    /// The body of a successful answer as JSON.
    ///
    /// # Errors
    /// When the status is not 2xx, or the body no JSON.
    pub fn good(&self) -> anyhow::Result<Value> {
        if !(200..300).contains(&self.status) {
            bail!("expected success, but {self}");
        }
        self.json()
    }

    /// The id that the answer's resource or its `Location` carries.
    ///
    /// # Errors
    /// When there is neither.
    pub fn id(&self) -> anyhow::Result<String> {
        if let Ok(Some(id)) = self.json().map(|body| body.get("id").and_then(Value::as_str).map(str::to_owned)) {
            return Ok(id);
        }
        let location = self.header("location").with_context(|| format!("{self} has neither id nor Location"))?;
        let path = location.split("/_history/").next().unwrap_or(location);
        Ok(path.rsplit('/').next().unwrap_or(path).to_owned())
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short: String = self.text.chars().take(800).collect();
        write!(f, "{} answered {}: {short}", self.asked, self.status)
    }
}
