//! The searchset of an operation, written with bodies as they are stored.

use meridian_model::outcome::{Issue, outcome};
use meridian_store::Stored;
use serde_json::Value;

use crate::EngineError;
use crate::engine::type_name;
use crate::history::encode;

/// The address of an answer, and of its next page.
pub(super) struct Link<'a> {
    /// Behind the base: `Patient/1/$everything`.
    pub(super) address: &'a str,
    pub(super) params: &'a [(String, String)],
    /// Where the next page begins, if there is one.
    pub(super) cursor: Option<&'a str>,
}

impl Link<'_> {
    fn url(&self, base: &str, cursor: Option<&str>) -> String {
        let pairs = self.params.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let pairs: Vec<String> = pairs.chain(cursor.map(|cursor| format!("_cursor={cursor}"))).collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        format!("{base}/{}{mark}{}", self.address, pairs.join("&"))
    }
}

/// The matches and what comes with them; `notes` say what is missing in it.
pub(super) fn searchset(
    base: &str,
    link: &Link<'_>,
    total: Option<usize>,
    (matches, included): (&[Stored], &[Stored]),
    notes: &[Issue],
) -> Result<Vec<u8>, EngineError> {
    let rows = || matches.iter().map(|row| (row, "match")).chain(included.iter().map(|row| (row, "include")));
    let weight: usize = rows().map(|(row, _)| row.body.weight() + 200).sum();
    let mut out = Vec::with_capacity(weight + 512);
    out.extend_from_slice(br#"{"resourceType":"Bundle","type":"searchset""#);
    if let Some(total) = total {
        out.extend_from_slice(format!(",\"total\":{total}").as_bytes());
    }
    let one = |relation: &str, cursor| {
        format!("{{\"relation\":\"{relation}\",\"url\":{}}}", Value::from(link.url(base, cursor)))
    };
    let next = link.cursor.map(|cursor| format!(",{}", one("next", Some(cursor)))).unwrap_or_default();
    out.extend_from_slice(format!(",\"link\":[{}{next}]", one("self", None)).as_bytes());
    for (nth, (row, mode)) in rows().enumerate() {
        out.extend_from_slice(if nth == 0 { b",\"entry\":[" } else { b"," });
        let (kind, id) = (type_name(row.kind), &row.id);
        out.extend_from_slice(format!("{{\"fullUrl\":\"{base}/{kind}/{id}\",\"resource\":").as_bytes());
        out.extend_from_slice(&row.body.json()?);
        out.extend_from_slice(format!(",\"search\":{{\"mode\":\"{mode}\"}}}}").as_bytes());
    }
    let mut is_empty = matches.is_empty() && included.is_empty();
    if !notes.is_empty() {
        out.extend_from_slice(if is_empty { b",\"entry\":[" } else { b"," });
        let note = outcome(notes);
        out.extend_from_slice(format!("{{\"resource\":{note},\"search\":{{\"mode\":\"outcome\"}}}}").as_bytes());
        is_empty = false;
    }
    out.extend_from_slice(if is_empty { b"}" } else { b"]}" });
    Ok(out)
}
