//! A page of a history, and its Bundle: bodies go in as they are stored.

use serde_json::Value;

use super::request::{After, Of};
use crate::engine::instant;
use crate::served::Served;

/// A page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct History {
    pub of: Of,
    /// Newest first.
    pub versions: Vec<Served>,
    /// How many there are, where that is known.
    pub total: Option<i64>,
    /// Whether each of them made the resource: the first, and the first after a deletion.
    pub(super) made: Vec<bool>,
    pub(super) used: Vec<(String, String)>,
    pub(super) next: Option<After>,
}

impl History {
    /// The Bundle. `base` is the address of the FHIR service without a slash at its end.
    pub fn bundle(&self, base: &str) -> Vec<u8> {
        let mut out = br#"{"resourceType":"Bundle","type":"history""#.to_vec();
        if let Some(total) = self.total {
            out.extend_from_slice(format!(",\"total\":{total}").as_bytes());
        }
        let link = |relation: &str, next| {
            format!("{{\"relation\":\"{relation}\",\"url\":{}}}", Value::from(self.url(base, next)))
        };
        let next = self.next.map(|next| format!(",{}", link("next", Some(next)))).unwrap_or_default();
        out.extend_from_slice(format!(",\"link\":[{}{next}]", link("self", None)).as_bytes());
        for (nth, version) in self.versions.iter().enumerate() {
            out.extend_from_slice(if nth == 0 { b",\"entry\":[{" } else { b",{" });
            entry(version, self.made.get(nth) == Some(&true), base, &mut out);
        }
        out.extend_from_slice(if self.versions.is_empty() { b"}" } else { b"]}" });
        out
    }

    fn url(&self, base: &str, next: Option<After>) -> String {
        let path = match &self.of {
            Of::System => format!("{base}/_history"),
            Of::Type(kind) => format!("{base}/{kind}/_history"),
            Of::Instance(kind, id) => format!("{base}/{kind}/{id}/_history"),
        };
        let pairs = self.used.iter().map(|(name, value)| format!("{name}={}", encode(value)));
        let pairs: Vec<String> = pairs.chain(next.map(|next| format!("_cursor={}", next.write()))).collect();
        if pairs.is_empty() { path } else { format!("{path}?{}", pairs.join("&")) }
    }
}

fn entry(version: &Served, made: bool, base: &str, out: &mut Vec<u8>) {
    let (kind, id, number) = (version.kind, &version.id, version.version);
    out.extend_from_slice(format!("\"fullUrl\":\"{base}/{kind}/{id}\",").as_bytes());
    if !version.deleted {
        out.extend_from_slice(b"\"resource\":");
        out.extend_from_slice(&version.body);
        out.push(b',');
    }
    let here = format!("{kind}/{id}");
    let (method, url, status) = match (version.deleted, made) {
        (true, _) => ("DELETE", here, "204"),
        // What was made under an id that the server gives was posted; under any other it was put.
        (false, true) if number == 1 && is_given(id) => ("POST", kind.to_owned(), "201"),
        (false, true) => ("PUT", here, "201"),
        (false, false) => ("PUT", here, "200"),
    };
    let at = instant(version.at);
    out.extend_from_slice(
        format!(
            "\"request\":{{\"method\":\"{method}\",\"url\":\"{url}\"}},\"response\":{{\"status\":\"{status}\",\
             \"etag\":\"W/\\\"{number}\\\"\",\"lastModified\":\"{at}\"}}}}"
        )
        .as_bytes(),
    );
}

/// Whether an id is of the kind that the server gives.
fn is_given(id: &str) -> bool {
    uuid::Uuid::parse_str(id).is_ok_and(|id| id.get_version_num() == 7)
}

/// Percent-encodes what may not stand in a query.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b',' | b'$') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
