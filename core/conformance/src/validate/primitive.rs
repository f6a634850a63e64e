//! Primitive values: their format after R4's regular expressions, and what stands beside them.

use meridian_model::check::primitive_fault;
use serde_json::{Map, Value};

use super::extension::is_example;
use super::items::Item;
use super::place::{Frame, Place};
use super::run::Run;
use super::walk::Ask;
use crate::says::{Says, Shape, Shown};

/// R4: a string is at most 1 MB.
const LONGEST: usize = 1024 * 1024;

impl Run<'_> {
    pub(super) fn primitive(&mut self, frame: &Frame<'_>, place: &Place<'_>, item: Item<'_>, code: &str) {
        if !item.value.is_null() {
            if let Some((kind, says)) = primitive_fault(code, item.value) {
                self.error(kind, place, Says::WrongValue { says, value: Shown::of(item.value) });
            } else if let Some(text) = item.value.as_str() {
                self.text(place, text, code);
            }
        }
        let Some(sibling) = item.sibling else { return };
        let Value::Object(map) = sibling else {
            return self.error("structure", place, Says::SiblingShape { found: Shape::of(sibling) });
        };
        if map.is_empty() || (item.value.is_null() && !map.contains_key("extension")) {
            return self.error("structure", place, Says::NoValue);
        }
        if let Ok(element) = self.with.structures.of_type("Element") {
            let ask = Ask { node: &element.root, root: &element.root, structure: &element, is_base: true };
            self.members(frame, place, map, &ask);
        }
    }

    /// What the format of texts asks for beyond their characters.
    fn text(&mut self, place: &Place<'_>, text: &str, code: &str) {
        if text.len() > LONGEST && code != "base64Binary" {
            return self.error("too-long", place, Says::TextTooLong);
        }
        let says = match code {
            "uri" | "url" | "canonical" => address(text),
            "uuid" if text.bytes().any(|b| b.is_ascii_uppercase()) => Some(Says::UuidCapitals),
            "oid" if text.split('.').skip(1).any(|arc| arc.len() > 1 && arc.starts_with('0')) => Some(Says::OidZero),
            "string" | "markdown" | "code" | "id" => {
                let odd = text.chars().find(|c| *c < ' ' && !matches!(c, '\r' | '\n' | '\t'));
                match odd {
                    Some(odd) => Some(Says::ControlCharacter { code: format!("{:04X}", u32::from(odd)) }),
                    None if text.trim().is_empty() => Some(Says::OnlyBlanks),
                    None => None,
                }
            }
            _ => None,
        };
        if let Some(says) = says {
            self.error("value", place, says);
        }
        let unusual = match code {
            "canonical" if !text.starts_with('#') && !text.contains(':') => Some(Says::CanonicalRelative),
            "uri" | "url" if text.starts_with("urn:uuid:") && text.bytes().any(|b| b.is_ascii_uppercase()) => {
                Some(Says::UuidCapitals)
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
            self.tell(severity, "value", place, &Says::ExampleAddress { address: text.to_owned() });
        }
        if let Some(severity) = self.with.habits.tags_in_texts
            && matches!(code, "string" | "markdown")
            && has_tag(text)
        {
            self.tell(severity, "security", place, &Says::TagsInText);
        }
        if matches!(code, "string" | "uri" | "url" | "canonical") && text.trim() != text && !text.trim().is_empty() {
            self.warning("value", place, Says::OuterBlanks);
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
            self.error("value", place, Says::AttachmentSize { said, actual });
        }
    }
}

/// `<b`, `</b`, `<!--`: what a browser takes for a tag.
fn has_tag(text: &str) -> bool {
    let begins = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    text.split('<').skip(1).any(|rest| begins(rest) && rest.contains('>'))
}

/// What is wrong with an address.
fn address(text: &str) -> Option<Says> {
    if text.is_empty() {
        return Some(Says::EmptyAddress);
    }
    if let Some(uuid) = text.strip_prefix("urn:uuid:") {
        let uuid = uuid.split(['#', '|']).next().unwrap_or(uuid);
        let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
        let is_right = groups == [8, 4, 4, 4, 12] && uuid.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
        return (!is_right).then_some(Says::NotAUuid);
    }
    if let Some(oid) = text.strip_prefix("urn:oid:") {
        let mut arcs = oid.split(['#', '|']).next().unwrap_or(oid).split('.');
        let is_right = arcs.next().is_some_and(|first| matches!(first, "0" | "1" | "2"))
            && oid.contains('.')
            && arcs.all(|arc| {
                !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'))
            });
        return (!is_right).then_some(Says::NotAnOid);
    }
    None
}
