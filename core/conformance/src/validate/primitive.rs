//! Primitive values: their format after R4's regular expressions, and what stands beside them.

use meridian_model::check::primitive_fault;
use serde_json::{Map, Value};

use super::extension::is_example;
use super::items::Item;
use super::place::{Frame, Place};
use super::run::Run;
use super::walk::{Ask, shape};

/// R4: a string is at most 1 MB.
const LONGEST: usize = 1024 * 1024;

impl Run<'_> {
    pub(super) fn primitive(&mut self, frame: &Frame<'_>, place: &Place<'_>, item: Item<'_>, code: &str) {
        if !item.value.is_null() {
            if let Some((kind, says)) = primitive_fault(code, item.value) {
                let short = super::pinned::short(item.value);
                self.error(kind, place, format!("{says}: {short}"));
            } else if let Some(text) = item.value.as_str() {
                self.text(place, text, code);
            }
        }
        let Some(sibling) = item.sibling else { return };
        let Value::Object(map) = sibling else {
            let says =
                format!("beside a primitive stands an object with its id and extensions, this is {}", shape(sibling));
            return self.error("structure", place, says);
        };
        if map.is_empty() || (item.value.is_null() && !map.contains_key("extension")) {
            return self.error(
                "structure",
                place,
                "a primitive without a value needs an extension that says why (ele-1)",
            );
        }
        if let Ok(element) = self.with.structures.of_type("Element") {
            let ask = Ask { node: &element.root, root: &element.root, structure: &element, is_base: true };
            self.members(frame, place, map, &ask);
        }
    }

    /// What the format of texts asks for beyond their characters.
    fn text(&mut self, place: &Place<'_>, text: &str, code: &str) {
        if text.len() > LONGEST && code != "base64Binary" {
            return self.error("too-long", place, "a text has at most 1 MB");
        }
        let says = match code {
            "uri" | "url" | "canonical" => address(text).map(str::to_owned),
            "uuid" if text.bytes().any(|b| b.is_ascii_uppercase()) => {
                Some("a uuid is written in small letters".to_owned())
            }
            "oid" if text.split('.').skip(1).any(|arc| arc.len() > 1 && arc.starts_with('0')) => {
                Some("no number of an oid begins with 0".to_owned())
            }
            "string" | "markdown" | "code" | "id" => {
                let odd = text.chars().find(|c| *c < ' ' && !matches!(c, '\r' | '\n' | '\t'));
                match odd {
                    Some(odd) => Some(format!("the text has the control character U+{:04X}", u32::from(odd))),
                    None if text.trim().is_empty() => {
                        Some("a text has more than blanks; leave the element out".to_owned())
                    }
                    None => None,
                }
            }
            _ => None,
        };
        if let Some(says) = says {
            self.error("value", place, says);
        }
        let unusual = match code {
            "canonical" if !text.starts_with('#') && !text.contains(':') => {
                Some("a canonical is an absolute address, or `#id` of a contained resource")
            }
            "uri" | "url" if text.starts_with("urn:uuid:") && text.bytes().any(|b| b.is_ascii_uppercase()) => {
                Some("a uuid is written in small letters")
            }
            _ => None,
        };
        if let Some(says) = unusual {
            self.warning("value", place, says);
        }
        if let Some(severity) = self.with.habits.example_addresses
            && matches!(code, "uri" | "url" | "canonical")
            && is_example(text)
        {
            self.tell(severity, "value", place, format!("`{text}` is an address for examples"));
        }
        if let Some(severity) = self.with.habits.tags_in_texts
            && matches!(code, "string" | "markdown")
            && has_tag(text)
        {
            self.tell(severity, "security", place, "the text has tags of HTML".to_owned());
        }
        if matches!(code, "string" | "uri" | "url" | "canonical") && text.trim() != text && !text.trim().is_empty() {
            self.warning("value", place, "the text begins or ends with blanks");
        }
    }
}

impl Run<'_> {
    /// The size that an attachment says of its data.
    pub(super) fn attachment(&mut self, place: &Place<'_>, map: &Map<String, Value>) {
        let data = map.get("data").and_then(Value::as_str);
        let (Some(data), Some(said)) = (data, map.get("size").and_then(Value::as_u64)) else { return };
        let letters = data.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=').count();
        let actual = letters * 3 / 4;
        if u64::try_from(actual).is_ok_and(|actual| actual != said) {
            self.error("value", place, format!("`size` says {said} bytes, the data has {actual}"));
        }
    }
}

/// `<b`, `</b`, `<!--`: what a browser takes for a tag.
fn has_tag(text: &str) -> bool {
    let begins = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    text.split('<').skip(1).any(|rest| begins(rest) && rest.contains('>'))
}

/// What is wrong with an address.
fn address(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("an address may not be empty");
    }
    if let Some(uuid) = text.strip_prefix("urn:uuid:") {
        let uuid = uuid.split(['#', '|']).next().unwrap_or(uuid);
        let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
        let is_right = groups == [8, 4, 4, 4, 12] && uuid.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
        return (!is_right).then_some("behind `urn:uuid:` stands a uuid");
    }
    if let Some(oid) = text.strip_prefix("urn:oid:") {
        let mut arcs = oid.split(['#', '|']).next().unwrap_or(oid).split('.');
        let is_right = arcs.next().is_some_and(|first| matches!(first, "0" | "1" | "2"))
            && oid.contains('.')
            && arcs.all(|arc| {
                !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'))
            });
        return (!is_right).then_some("behind `urn:oid:` stands an oid: numbers with dots between");
    }
    None
}
