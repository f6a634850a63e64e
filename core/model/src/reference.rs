//! What the text of a `Reference.reference` points to.

use crate::definitions::Definitions;

/// A reference taken apart; nothing is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference<'a> {
    /// `Patient/1`, `Patient/1/_history/2`
    Relative { kind: &'a str, id: &'a str, version: Option<&'a str> },
    /// `https://server/fhir/Patient/1`; `base` without the last slash.
    Absolute { base: &'a str, kind: &'a str, id: &'a str, version: Option<&'a str> },
    /// `urn:uuid:…`, `urn:oid:…`, whole.
    Urn(&'a str),
    /// `#contained`, without the `#`; empty for the containing resource itself.
    Fragment(&'a str),
    /// `Patient?identifier=…`: conditional, for transactions.
    Conditional { kind: &'a str, query: &'a str },
    /// Any other text.
    Other(&'a str),
}

impl<'a> Reference<'a> {
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        if let Some(id) = text.strip_prefix('#') {
            return Self::Fragment(id);
        }
        if text.starts_with("urn:") {
            return Self::Urn(text);
        }
        if let Some((kind, query)) = text.split_once('?') {
            let known = Definitions::r4().is_resource_type(kind);
            return if known { Self::Conditional { kind, query } } else { Self::Other(text) };
        }
        let (rest, version) = match text.rsplit_once("/_history/") {
            Some((rest, version)) if is_id(version) => (rest, Some(version)),
            Some(_) => return Self::Other(text),
            None => (text, None),
        };
        let Some((before, id)) = rest.rsplit_once('/').filter(|(_, id)| is_id(id)) else { return Self::Other(text) };
        let (base, kind) = match before.rsplit_once('/') {
            Some((base, kind)) => (Some(base), kind),
            None => (None, before),
        };
        if !Definitions::r4().is_resource_type(kind) {
            return Self::Other(text);
        }
        match base {
            None => Self::Relative { kind, id, version },
            Some(base) if base.contains("://") => Self::Absolute { base, kind, id, version },
            Some(_) => Self::Other(text),
        }
    }

    /// Resource type and id, where the text gives both.
    #[must_use]
    pub fn target(&self) -> Option<(&'a str, &'a str)> {
        match *self {
            Self::Relative { kind, id, .. } | Self::Absolute { kind, id, .. } => Some((kind, id)),
            _ => None,
        }
    }
}

/// Is this a FHIR id: 1 to 64 letters, digits, `-` and `.`?
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_told_apart() {
        let parse = Reference::parse;
        assert_eq!(parse("Patient/1"), Reference::Relative { kind: "Patient", id: "1", version: None });
        assert_eq!(parse("Patient/1/_history/2"), Reference::Relative { kind: "Patient", id: "1", version: Some("2") });
        assert_eq!(
            parse("http://x.org/fhir/Patient/1"),
            Reference::Absolute { base: "http://x.org/fhir", kind: "Patient", id: "1", version: None }
        );
        assert_eq!(parse("urn:uuid:abc"), Reference::Urn("urn:uuid:abc"));
        assert_eq!(parse("#p1"), Reference::Fragment("p1"));
        assert_eq!(
            parse("Practitioner?identifier=http://a|b/c"),
            Reference::Conditional { kind: "Practitioner", query: "identifier=http://a|b/c" }
        );
        for text in
            ["", "1", "Patient", "Patient/", "Dog/1", "Patient/a b", "a/Patient/1", "http://x.org", "Dog?a=b", "/"]
        {
            assert_eq!(parse(text), Reference::Other(text));
        }
    }
}
