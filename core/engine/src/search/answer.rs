//! The answer of a search, and its Bundle: bodies go in as they are stored, without being read.

use meridian_model::both;
use meridian_model::language::Language;
use meridian_model::outcome::{Issue, outcome_in};
use serde_json::Value;

use super::Ran;
use super::cursor;
use super::parse::{Parsed, sorted_by};
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
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// Where it was searched, below the base: `Patient`, `Patient/1/Observation`; empty for the base itself.
    pub path: String,
    pub total: Option<u64>,
    pub hits: Vec<Hit>,
    /// What the client should know of the answer besides.
    pub notes: Vec<Issue>,
    /// What the search was understood as.
    pub used: Vec<(String, String)>,
    /// The cursors of the pages after and before this one.
    pub next: Option<String>,
    pub previous: Option<String>,
    /// Whether this page was reached by a cursor.
    pub further: bool,
    /// How the search is run, instead of what it finds.
    pub explained: Option<Value>,
}

impl Answer {
    pub(super) fn of(parsed: Parsed, ran: &Ran, path: String) -> Result<Answer, EngineError> {
        let mut hits: Vec<Hit> = Vec::with_capacity(ran.rows.len() + ran.own.len());
        let mut own = ran.own.iter().peekable();
        let mut stored = ran.rows.iter();
        loop {
            match own.next_if(|(at, _)| *at == hits.len()) {
                Some((_, served)) => hits.push(Hit { served: served.clone(), mode: Mode::Match }),
                None => match stored.next() {
                    Some(row) => hits.push(Hit::of(row, Mode::Match)?),
                    None => break,
                },
            }
        }
        let included = ran.brought.rows.iter().map(|row| Hit::of(row, Mode::Include));
        for hit in included {
            hits.push(hit?);
        }
        let sort = sorted_by(&parsed.used);
        let cut = || {
            both!(
                "Not all that was asked to be included is here: it is more than one answer holds. Ask for a smaller page.",
                "要求附带的资源没有全部给出：超过了一次应答的容量，请减小 _count"
            )
        };
        let notes =
            ran.brought.cut.then(|| Issue::new(meridian_model::outcome::Severity::Warning, "too-costly", cut()));
        Ok(Answer {
            path,
            total: ran.total,
            hits,
            notes: notes.into_iter().collect(),
            next: ran.next.as_ref().and_then(|next| cursor::write(next, &sort)),
            previous: ran.previous.as_ref().and_then(|previous| cursor::write(previous, &sort)),
            further: parsed.from != cursor::Further::default(),
            used: parsed.used,
            explained: ran.explained.clone(),
        })
    }

    /// The same with a word that the server's own resources are not among what was found.
    pub(super) fn without_own(mut self) -> Answer {
        let says = both!(
            "the server's own resources are not found by what this asks about others; only stored ones were searched",
            "按其他资源的条件不能检索服务器自带的资源，只检索了存储的资源"
        );
        self.notes.push(Issue::new(meridian_model::outcome::Severity::Warning, "incomplete", says));
        self
    }

    /// The searchset Bundle. `base` is the address of the FHIR service without a slash at its end.
    pub fn bundle(&self, base: &str, language: Language) -> Vec<u8> {
        if let Some(explained) = &self.explained {
            return explained.to_string().into_bytes();
        }
        let room: usize = self.hits.iter().map(|hit| hit.served.body.len() + 200).sum();
        let mut out = Vec::with_capacity(room + 1024);
        out.extend_from_slice(br#"{"resourceType":"Bundle","type":"searchset""#);
        if let Some(total) = self.total {
            out.extend_from_slice(format!(",\"total\":{total}").as_bytes());
        }
        out.extend_from_slice(format!(",\"link\":[{}]", self.links(base).join(",")).as_bytes());
        let mut entries = 0;
        for hit in &self.hits {
            out.extend_from_slice(if entries == 0 { b",\"entry\":[" } else { b"," });
            entries += 1;
            let (kind, id) = (hit.served.kind, &hit.served.id);
            out.extend_from_slice(format!("{{\"fullUrl\":\"{base}/{kind}/{id}\",\"resource\":").as_bytes());
            out.extend_from_slice(&hit.served.body);
            out.extend_from_slice(match hit.mode {
                Mode::Match => br#","search":{"mode":"match"}}"#,
                Mode::Include => br#","search":{"mode":"include"}}"#,
            });
        }
        if !self.notes.is_empty() {
            out.extend_from_slice(if entries == 0 { b",\"entry\":[" } else { b"," });
            entries += 1;
            let note = outcome_in(&self.notes, language);
            out.extend_from_slice(format!("{{\"resource\":{note},\"search\":{{\"mode\":\"outcome\"}}}}").as_bytes());
        }
        out.extend_from_slice(if entries == 0 { b"}" } else { b"]}" });
        out
    }

    fn links(&self, base: &str) -> Vec<String> {
        let link = |relation: &str, cursor: Option<&String>| {
            format!("{{\"relation\":\"{relation}\",\"url\":{}}}", Value::from(self.url(base, cursor)))
        };
        let mut links = vec![link("self", None)];
        links.extend(self.next.as_ref().map(|cursor| link("next", Some(cursor))));
        links.extend(self.previous.as_ref().map(|cursor| link("previous", Some(cursor))));
        links.extend(self.further.then(|| link("first", None)));
        links
    }

    fn url(&self, base: &str, cursor: Option<&String>) -> String {
        let pairs = self.used.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let pairs = pairs.chain(cursor.map(|cursor| format!("_cursor={cursor}")));
        let query = pairs.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        let slash = if self.path.is_empty() { "" } else { "/" };
        format!("{base}{slash}{}{mark}{query}", self.path)
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
            path: "Patient".into(),
            total: Some(7),
            hits: vec![Hit { served: served.clone(), mode: Mode::Match }, Hit { served, mode: Mode::Include }],
            notes: vec![Issue::error("too-costly", both!("cut", "没有给全"))],
            used: vec![("name".into(), "王 &\"".into())],
            next: Some("00ff".into()),
            previous: None,
            further: true,
            explained: None,
        };
        let bundle: Value = serde_json::from_slice(&answer.bundle("http://x/fhir", Language::English)).unwrap();
        assert_eq!(bundle["total"].to_string(), "7");
        assert_eq!(bundle["entry"][1]["search"]["mode"], "include");
        assert_eq!(bundle["entry"][2]["search"]["mode"], "outcome");
        assert_eq!(bundle["entry"][2]["resource"]["resourceType"], "OperationOutcome");
        assert_eq!(bundle["entry"][0]["fullUrl"], "http://x/fhir/Patient/a");
        assert_eq!(bundle["link"][1]["url"], "http://x/fhir/Patient?name=%E7%8E%8B%20%26%22&_cursor=00ff");
        assert_eq!(bundle["link"][2]["relation"], "first");
        answer.hits.clear();
        answer.notes.clear();
        answer.path.clear();
        let bundle: Value = serde_json::from_slice(&answer.bundle("http://x/fhir", Language::English)).unwrap();
        assert_eq!(bundle["link"][0]["url"], "http://x/fhir?name=%E7%8E%8B%20%26%22");
    }
}
