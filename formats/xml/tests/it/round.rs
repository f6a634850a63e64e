//! Any resource that R4's shapes allow crosses to XML and back and is the same; any bytes get an answer.

use meridian_model::Value;
use meridian_model::definitions::{ChildKind, Definitions};
use meridian_model::reader;
use meridian_xml::{Limits, read, tree, write};
use proptest::prelude::*;
use serde_json::{Map, json};

/// Turns a string of dice into a resource; when they run out, nothing more is added.
struct Dice<'a> {
    rolls: &'a [u32],
}

const TEXTS: [&str; 8] = ["a", "王小明", " a  b ", "x\ny\tz\r\n", "<&>\"'", "]]>", "&amp;", "😀 &#10; \u{a0}\u{2028}"];
const NUMBERS: [&str; 6] = ["0", "-0", "1.10", "1e3", "-7.000", "123456789012345678901234567890.5"];
const NARRATIVES: [&str; 3] = [
    "<div xmlns=\"http://www.w3.org/1999/xhtml\">a\r\nb</div>",
    "<div xmlns='http://www.w3.org/1999/xhtml'><p class = 'x'>&lt;&#160;<br /></p><!-- c --><![CDATA[<d>]]></div>",
    "<h:div xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:p>中</h:p></h:div>",
];

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        match self.rolls.split_first() {
            Some((first, rest)) => {
                self.rolls = rest;
                *first as usize % sides
            }
            None => 0,
        }
    }

    fn text(&mut self) -> Value {
        TEXTS[self.roll(TEXTS.len())].into()
    }

    fn primitive(&mut self, kind: &str) -> Value {
        match kind {
            "boolean" => (self.roll(2) == 1).into(),
            "decimal" => number(NUMBERS[self.roll(NUMBERS.len())]),
            "integer" | "positiveInt" | "unsignedInt" => number(["0", "-0", "42"][self.roll(3)]),
            "xhtml" => NARRATIVES[self.roll(2)].into(),
            _ => self.text(),
        }
    }

    fn group(&mut self, path: &str, depth: usize) -> Map<String, Value> {
        let group = Definitions::r4().group(path).unwrap();
        let mut members = Map::new();
        let is_resource = Definitions::r4().is_resource_type(path);
        if is_resource {
            members.insert("resourceType".into(), path.into());
        }
        let mut keys: Vec<&str> = group.children().map(|(key, _)| key).collect();
        keys.sort_unstable();
        while !self.rolls.is_empty() && self.roll(5) > 0 {
            let key = keys[self.roll(keys.len())];
            let child = group.child(key).unwrap();
            let taken = |name: &str| members.contains_key(name) || members.contains_key(&format!("_{name}"));
            if taken(key) || depth > 8 {
                continue;
            }
            let attribute = (key == "id" && !is_resource) || (key == "url" && path == "Extension");
            match child.kind {
                ChildKind::Primitive(_) if attribute => {
                    let text = self.text();
                    members.insert(key.into(), text);
                }
                ChildKind::Primitive(kind) if child.element.many => {
                    let (mut values, mut siblings) = (Vec::new(), Vec::new());
                    for _ in 0..=self.roll(3) {
                        let (value, sibling) = self.pair(kind, depth);
                        values.push(value);
                        siblings.push(sibling);
                    }
                    if values.iter().any(|v| !v.is_null()) {
                        members.insert(key.into(), values.into());
                    }
                    if siblings.iter().any(|v| !v.is_null()) {
                        members.insert(format!("_{key}"), siblings.into());
                    }
                }
                ChildKind::Primitive("xhtml") => {
                    let text = self.primitive("xhtml");
                    members.insert(key.into(), text);
                }
                ChildKind::Primitive(kind) => {
                    let (value, sibling) = self.pair(kind, depth);
                    if !value.is_null() {
                        members.insert(key.into(), value);
                    }
                    if !sibling.is_null() {
                        members.insert(format!("_{key}"), sibling);
                    }
                }
                ChildKind::Group(inner) => {
                    let value = self.many(child.element.many, |dice| dice.group(inner, depth + 1).into());
                    members.insert(key.into(), value);
                }
                ChildKind::Resource => {
                    let value = self.many(child.element.many, |dice| dice.resource(depth + 1));
                    members.insert(key.into(), value);
                }
            }
        }
        members
    }

    fn many(&mut self, many: bool, one: impl Fn(&mut Self) -> Value) -> Value {
        if !many {
            return one(self);
        }
        (0..=self.roll(2)).map(|_| one(self)).collect()
    }

    fn pair(&mut self, kind: &str, depth: usize) -> (Value, Value) {
        match self.roll(4) {
            0 => (Value::Null, json!({"id": "i"})),
            1 => (self.primitive(kind), json!({"extension": [self.group("Extension", depth + 2)]})),
            _ => (self.primitive(kind), Value::Null),
        }
    }

    fn resource(&mut self, depth: usize) -> Value {
        let types: Vec<&str> = Definitions::r4().resource_types().collect();
        let kind = types[self.roll(types.len())];
        self.group(kind, depth).into()
    }
}

fn number(text: &str) -> Value {
    reader::parse(text.as_bytes(), &reader::Limits::default()).unwrap()
}

proptest! {
    #[test]
    fn any_resource_comes_back_the_same(rolls in prop::collection::vec(any::<u32>(), 1..200)) {
        let resource = Dice { rolls: &rolls }.resource(0);
        let xml = write(&resource).unwrap();
        let back = read(xml.as_bytes(), &Limits::default());
        prop_assert_eq!(back.as_ref(), Ok(&resource), "{}", xml);
        let wide: Vec<u8> = [0xfe, 0xff].into_iter().chain(xml.replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let from_wide = read(&wide, &Limits::default());
        prop_assert_eq!(from_wide.as_ref(), Ok(&resource));
        let again = tree::read(xml.as_bytes(), &Limits::default()).unwrap();
        prop_assert!(read(again.to_xml().as_bytes(), &Limits::default()).is_ok());
    }

    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &Limits::default());
        let _ = tree::read(&bytes, &Limits::default());
    }

    #[test]
    fn anything_like_xml_gets_an_answer(text in "(<|</|/>|>|Patient| xmlns='http://hl7.org/fhir'| value='|'|\"|&|;|#x|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<\\?|\\?>|name|div|:|a|\\PC){0,40}") {
        let _ = read(text.as_bytes(), &Limits::default());
        let _ = tree::read(text.as_bytes(), &Limits::default());
        let inner = format!("<Patient xmlns=\"http://hl7.org/fhir\">{text}</Patient>");
        let _ = read(inner.as_bytes(), &Limits::default());
        let _ = write(&json!({"resourceType": "Patient", "text": {"status": "generated", "div": text}}));
    }

    #[test]
    fn a_resource_that_lost_letters_gets_an_answer(rolls in prop::collection::vec(any::<u32>(), 1..60), cut in any::<prop::sample::Index>(), length in 1..6usize) {
        let xml = write(&Dice { rolls: &rolls }.resource(0)).unwrap();
        let mut bytes = xml.into_bytes();
        let at = cut.index(bytes.len());
        bytes.drain(at..(at + length).min(bytes.len()));
        let _ = read(&bytes, &Limits::default());
    }
}
