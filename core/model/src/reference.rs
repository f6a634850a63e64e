//! What the text of a `Reference.reference` points to.

use std::borrow::Cow;

use serde_json::Value;

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

/// Which entry of a Bundle a reference in one of its entries means (R4, bundle.html, "Resolving references in Bundles").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought<'a> {
    /// The reference without version and fragment.
    text: &'a str,
    version: Option<&'a str>,
    /// The `fullUrl`s that it may have, the likelier first.
    urls: Vec<Cow<'a, str>>,
    /// Type and id, where nothing says what the reference is relative to.
    named: Option<(&'a str, &'a str)>,
}

impl<'a> Sought<'a> {
    /// `own` is the `fullUrl` of the entry that the reference stands in.
    #[must_use]
    pub fn of(own: Option<&str>, reference: &'a str) -> Self {
        let (text, version) = match reference.split_once("/_history/") {
            Some((text, version)) => (text, Some(version)),
            None => (reference, None),
        };
        let text = text.split('#').next().unwrap_or(text);
        let (urls, named) = if text.contains(':') {
            (vec![Cow::Borrowed(text)], None)
        } else if let Some(base) = own.and_then(base_of) {
            // A relative reference is relative to where its resource stands.
            (vec![Cow::Owned(format!("{base}{text}"))], None)
        } else {
            match (text.split_once('/'), own) {
                // Beside a `urn:uuid:…` the id is that of another.
                (Some((_, id)), Some(own)) if own.starts_with("urn:") => {
                    (["urn:uuid:", "urn:oid:"].map(|urn| Cow::Owned(format!("{urn}{id}"))).into(), None)
                }
                (named, _) => (Vec::new(), named),
            }
        };
        Self { text, version, urls, named }
    }

    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.urls.iter().map(|url| &**url)
    }

    #[must_use]
    pub fn named(&self) -> Option<(&'a str, &'a str)> {
        self.named
    }

    /// Whether it is this entry.
    #[must_use]
    pub fn is(&self, entry: &Value) -> bool {
        let text = |at: &str| entry.pointer(at).and_then(Value::as_str);
        // An entry that says no version may be any.
        if self.version.zip(text("/resource/meta/versionId")).is_some_and(|(wanted, own)| wanted != own) {
            return false;
        }
        let url = text("/fullUrl");
        if url.is_some_and(|url| self.urls().any(|wanted| wanted == url)) {
            return true;
        }
        let Some(named) = self.named else { return false };
        let is_near = |url: &str| url.strip_suffix(self.text).is_some_and(|base| base.ends_with('/'));
        match (text("/resource/resourceType"), text("/resource/id")) {
            (Some(kind), Some(id)) => {
                (kind, id) == named && url.is_none_or(|url| url.starts_with("urn:") || is_near(url))
            }
            (Some(kind), None) => kind == named.0 && url.is_some_and(is_near),
            _ => false,
        }
    }
}

/// `http://a/fhir/` of `http://a/fhir/Patient/1`.
#[must_use]
pub fn base_of(url: &str) -> Option<&str> {
    if !url.starts_with("http") {
        return None;
    }
    let (rest, id) = url.rsplit_once('/')?;
    let (base, kind) = rest.rsplit_once('/')?;
    (is_id(id) && Definitions::r4().is_resource_type(kind)).then(|| url.get(..=base.len())).flatten()
}

/// Is this a FHIR id: 1 to 64 letters, digits, `-` and `.`?
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_is_found_from_where_the_reference_stands() {
        let entry = |url: &str| json!({"fullUrl": url, "resource": {"resourceType": "Patient", "id": "1", "meta": {"versionId": "2"}}});
        let here = entry("http://x/fhir/Patient/1");
        let is = |own: Option<&str>, reference: &str, entry: &Value| Sought::of(own, reference).is(entry);
        let own = Some("http://x/fhir/Observation/1");
        for reference in ["Patient/1", "http://x/fhir/Patient/1", "http://x/fhir/Patient/1/_history/2", "Patient/1#a"] {
            assert!(is(own, reference, &here), "{reference}");
        }
        assert!(!is(own, "http://x/fhir/Patient/1/_history/3", &here), "another version");
        assert!(!is(own, "Patient/1", &entry("http://y/fhir/Patient/1")), "of another server");
        assert!(is(None, "Patient/1", &here) && !is(None, "Patient/2", &here));
        assert!(is(None, "Patient/1", &json!({"resource": {"resourceType": "Patient", "id": "1"}})));
        let nameless = json!({"fullUrl": "http://x/fhir/Patient/1", "resource": {"resourceType": "Patient"}});
        assert!(is(None, "Patient/1/_history/2", &nameless) && !is(None, "Patient/11", &nameless));
        let urn = Some("urn:uuid:0b1f0e2c-7e3a-4b0e-9f59-3f3f1a1f0001");
        assert!(is(urn, "Patient/0b1f", &entry("urn:uuid:0b1f")) && !is(urn, "Patient/1", &here));
    }

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
