//! The answer of a search, and its Bundle: bodies go in as they are stored, without being read.

use serde_json::Value;

use super::parse::Parsed;
use super::{Ran, cursor};
use crate::EngineError;
use crate::served::Served;

/// Why a resource is in the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Match,
    Include,
}

/// A resource of the answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    pub served: Served,
    pub mode: Mode,
}

/// A page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    pub kind: &'static str,
    pub total: Option<u64>,
    pub hits: Vec<Hit>,
    /// What the search was understood as.
    pub used: Vec<(String, String)>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

impl Answer {
    pub(super) fn of(parsed: &Parsed, ran: &Ran) -> Result<Answer, EngineError> {
        let matches = ran.rows.iter().map(|row| Hit::of(row, Mode::Match));
        let included = ran.included.iter().map(|row| Hit::of(row, Mode::Include));
        Ok(Answer {
            kind: parsed.kind,
            total: ran.total,
            hits: matches.chain(included).collect::<Result<_, _>>()?,
            used: parsed.used.clone(),
            next: ran.next.as_ref().map(cursor::write),
        })
    }

    /// The searchset Bundle. `base` is the address of the FHIR service without a slash at its end.
    pub fn bundle(&self, base: &str) -> Vec<u8> {
        let room: usize = self.hits.iter().map(|hit| hit.served.body.len() + 200).sum();
        let mut out = Vec::with_capacity(room + 512);
        out.extend_from_slice(br#"{"resourceType":"Bundle","type":"searchset""#);
        if let Some(total) = self.total {
            out.extend_from_slice(format!(",\"total\":{total}").as_bytes());
        }
        let link =
            |relation: &str, url: String| format!("{{\"relation\":\"{relation}\",\"url\":{}}}", Value::from(url));
        let own = link("self", self.url(base, None));
        let next = self.next.as_ref().map(|cursor| format!(",{}", link("next", self.url(base, Some(cursor)))));
        out.extend_from_slice(format!(",\"link\":[{own}{}]", next.unwrap_or_default()).as_bytes());
        for (nth, hit) in self.hits.iter().enumerate() {
            out.extend_from_slice(if nth == 0 { b",\"entry\":[" } else { b"," });
            let (kind, id) = (hit.served.kind, &hit.served.id);
            out.extend_from_slice(format!("{{\"fullUrl\":\"{base}/{kind}/{id}\",\"resource\":").as_bytes());
            out.extend_from_slice(&hit.served.body);
            out.extend_from_slice(match hit.mode {
                Mode::Match => br#","search":{"mode":"match"}}"#,
                Mode::Include => br#","search":{"mode":"include"}}"#,
            });
        }
        out.extend_from_slice(if self.hits.is_empty() { b"}" } else { b"]}" });
        out
    }

    fn url(&self, base: &str, cursor: Option<&String>) -> String {
        let pairs = self.used.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let pairs = pairs.chain(cursor.map(|cursor| format!("_cursor={cursor}")));
        let query = pairs.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{base}/{}{mark}{query}", self.kind)
    }
}

/// Percent-encodes what may not stand in a query.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b',' | b'$' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundle_is_json_and_the_links_are_encoded() {
        let served = Served {
            kind: "Patient",
            id: "a".into(),
            version: 1,
            at: 0,
            deleted: false,
            body: br#"{"resourceType":"Patient","id":"a"}"#.to_vec(),
        };
        let mut answer = Answer {
            kind: "Patient",
            total: Some(7),
            hits: vec![Hit { served: served.clone(), mode: Mode::Match }, Hit { served, mode: Mode::Include }],
            used: vec![("name".into(), "王 &\"".into())],
            next: Some("00ff".into()),
        };
        let bundle: Value = serde_json::from_slice(&answer.bundle("http://x/fhir")).unwrap();
        assert_eq!(bundle["total"].to_string(), "7");
        assert_eq!(bundle["entry"][1]["search"]["mode"], "include");
        assert_eq!(bundle["entry"][0]["fullUrl"], "http://x/fhir/Patient/a");
        assert_eq!(bundle["link"][1]["url"], "http://x/fhir/Patient?name=%E7%8E%8B%20%26%22&_cursor=00ff");
        answer.hits.clear();
        assert!(serde_json::from_slice::<Value>(&answer.bundle("")).is_ok());
    }
}
