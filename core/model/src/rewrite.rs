//! Rewriting the links of a resource in place, as a transaction does when it knows what its entries became.
//!
//! Three kinds of text are offered to the caller, and nothing else is touched:
//! 1. every text under a key `reference`, whatever it is (in R4 `Reference.reference` and three uris);
//! 2. texts that begin with `urn:uuid:` or `urn:oid:` under a key that R4 gives to uri-like elements (`uri`, `url`,
//!    `canonical`, `oid`, `uuid`): `Attachment.url`, `Extension.valueUri`, but not `Identifier.value`;
//! 3. such urns in `href="…"` and `src="…"` of narratives (`text.div`).

use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::definitions::{ChildKind, Definitions, Group};

/// What kind of link a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    Reference,
    Uri,
    Narrative,
}

/// An error of the caller's, with the place of the link that it is about: `Observation.subject.reference`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<E> {
    pub path: String,
    pub error: E,
}

/// Offers every link of the resource to `change`, which returns what shall stand there instead, or `None` to leave it.
///
/// # Errors
/// The first error of `change`, with its place; links before it are changed already.
pub fn rewrite<E>(
    resource: &mut Value,
    change: &mut impl FnMut(Link, &str) -> Result<Option<String>, E>,
) -> Result<(), At<E>> {
    let root = resource.get("resourceType").and_then(Value::as_str).unwrap_or_default().to_owned();
    walk(resource, "", change).map_err(|mut at| {
        at.path = format!("{root}{}", at.path);
        at
    })
}

fn walk<E>(
    value: &mut Value,
    key: &str,
    change: &mut impl FnMut(Link, &str) -> Result<Option<String>, E>,
) -> Result<(), At<E>> {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                walk(member, key, change).map_err(|at| At { path: format!(".{key}{}", at.path), ..at })?;
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                walk(item, key, change).map_err(|at| At { path: format!("[{index}]{}", at.path), ..at })?;
            }
        }
        Value::String(text) => {
            let changed = if key == "div" {
                narrative(text, change)
            } else {
                match kind(key, text) {
                    Some(link) => change(link, text),
                    None => Ok(None),
                }
            };
            if let Some(new) = changed.map_err(|error| At { path: String::new(), error })? {
                *text = new;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

fn kind(key: &str, text: &str) -> Option<Link> {
    if key == "reference" {
        return Some(Link::Reference);
    }
    (is_urn(text) && URI_KEYS.contains(key)).then_some(Link::Uri)
}

fn is_urn(text: &str) -> bool {
    text.starts_with("urn:uuid:") || text.starts_with("urn:oid:")
}

/// The JSON keys that are uri-like somewhere in R4. (The few that are plain text elsewhere, as `url` is once in
/// TestScript, hold no urn of a Bundle there by chance.)
static URI_KEYS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let children = Definitions::r4().groups().flat_map(Group::children);
    let uris =
        children.filter(|(_, kind)| matches!(kind, ChildKind::Primitive("uri" | "url" | "canonical" | "oid" | "uuid")));
    uris.map(|(key, _)| key.to_owned()).collect()
});

/// The urns in the links of a narrative.
fn narrative<E>(
    text: &str,
    change: &mut impl FnMut(Link, &str) -> Result<Option<String>, E>,
) -> Result<Option<String>, E> {
    if !text.contains("\"urn:") {
        return Ok(None);
    }
    let mut out = String::with_capacity(text.len());
    let mut is_changed = false;
    let mut rest = text;
    while let Some(at) = ["href=\"", "src=\""].iter().filter_map(|mark| Some(rest.find(mark)? + mark.len())).min() {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let (link, tail) = after.split_at(after.find('"').unwrap_or(after.len()));
        let new = if is_urn(link) { change(Link::Narrative, link)? } else { None };
        is_changed |= new.is_some();
        out.push_str(new.as_deref().unwrap_or(link));
        rest = tail;
    }
    out.push_str(rest);
    Ok(is_changed.then_some(out))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn links_are_rewritten_and_nothing_else() {
        let urn = "urn:uuid:5b0e3a4c-0000-4000-8000-000000000001";
        let mut resource = json!({
            "resourceType": "Observation", "id": urn,
            "identifier": [{"system": "urn:ietf:rfc:3986", "value": urn}],
            "subject": {"reference": urn, "display": urn},
            "extension": [{"url": "http://x", "valueUri": urn}, {"url": "http://y", "valueString": urn}],
            "instantiatesCanonical": [urn],
            "text": {"div": format!("<div><a href=\"{urn}\">{urn}</a><img src=\"http://z\"/></div>")},
            "hasMember": [{"reference": "Observation/1"}, {"reference": urn}]
        });
        let mut seen = Vec::new();
        rewrite::<()>(&mut resource, &mut |link, text| {
            seen.push(link);
            Ok((text == urn).then(|| "Patient/1".to_owned()))
        })
        .unwrap();
        assert_eq!(seen.iter().filter(|link| **link == Link::Reference).count(), 3);
        assert_eq!(resource["subject"], json!({"reference": "Patient/1", "display": urn}));
        assert_eq!(resource["hasMember"][0]["reference"], "Observation/1");
        assert_eq!(resource["extension"][0]["valueUri"], "Patient/1");
        assert_eq!(resource["extension"][1]["valueString"], urn);
        assert_eq!(resource["identifier"][0]["value"], urn);
        assert_eq!(resource["instantiatesCanonical"][0], "Patient/1");
        assert_eq!(resource["id"], urn);
        let div = resource["text"]["div"].as_str().unwrap();
        assert_eq!(div, format!("<div><a href=\"Patient/1\">{urn}</a><img src=\"http://z\"/></div>"));
    }

    #[test]
    fn an_error_says_where() {
        let mut resource = json!({"resourceType": "Group", "member": [{}, {"entity": {"reference": "x"}}]});
        let error = rewrite(&mut resource, &mut |_, _| Err("no")).unwrap_err();
        assert_eq!(error, At { path: "Group.member[1].entity.reference".to_owned(), error: "no" });
    }
}
