//! ICD-10-CM from its tabular list (`icd10c-tabular-….xml`), as the PyPI package `simple-icd-10-cm` (MIT) carries it; the
//! content is the US government's and free.
//!
//! Seventh characters are not written out in the list: they are told at a category for all that lies below it, and every
//! code below gets them behind as many `X` as it lacks.

use super::{invalid, too_costly};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value, json};

use crate::terms::fault::{Fault, shown};

const URL: &str = "http://hl7.org/fhir/sid/icd-10-cm";
/// Elements in elements.
const DEEPEST: usize = 64;
/// Most codes: there are some hundred thousand.
const MOST: usize = 1_000_000;
/// Longest text of one element.
const LONGEST: usize = 1 << 16;

/// A chapter, block, category or code that is being read.
#[derive(Default)]
struct Node {
    code: String,
    title: String,
    synonyms: Vec<String>,
    /// Seventh characters with what they mean.
    seventh: Vec<(String, String)>,
    has_children: bool,
    parent: Option<String>,
    kind: &'static str,
}

#[derive(Default)]
struct Reading {
    version: String,
    open: Vec<Node>,
    concepts: Vec<Value>,
    /// The path of elements.
    path: Vec<String>,
    text: String,
    extension: Option<String>,
}

/// Reads the tabular list.
///
/// # Errors
/// `Invalid` for what is no such list.
pub(super) fn read(text: &str) -> Result<Value, Fault> {
    let mut reader = Reader::from_str(text);
    let mut reading = Reading::default();
    loop {
        let broken = |error: &dyn std::fmt::Display, at: u64| invalid(format!("broken XML at byte {at}: {error}"));
        match reader.read_event().map_err(|error| broken(&error, reader.error_position()))? {
            Event::Start(start) => reading.start(&start)?,
            Event::End(_) => reading.end()?,
            Event::Text(piece) => reading.put(&piece)?,
            Event::GeneralRef(name) => {
                let reference = format!("&{};", &*name);
                let plain = quick_xml::escape::unescape(&reference);
                reading.put(&plain.map_err(|error| broken(&error, reader.buffer_position()))?)?;
            }
            Event::DocType(_) => return Err(invalid("a document type is never read")),
            Event::Eof => break,
            _ => {}
        }
    }
    if reading.concepts.is_empty() {
        return Err(invalid("this XML is no tabular list of ICD-10-CM"));
    }
    Ok(json!({
        "resourceType": "CodeSystem",
        "id": "icd-10-cm",
        "language": "en",
        "url": URL,
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:2.16.840.1.113883.6.90"}],
        "version": reading.version,
        "name": "ICD10CM",
        "title": "International Classification of Diseases, 10th Revision, Clinical Modification",
        "status": "active",
        "publisher": "National Center for Health Statistics (US)",
        "caseSensitive": false,
        "content": "complete",
        "hierarchyMeaning": "is-a",
        "valueSet": format!("{URL}?fhir_vs"),
        "property": [
            {"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"},
            {"code": "notSelectable", "uri": "http://hl7.org/fhir/concept-properties#notSelectable", "type": "boolean"},
            {"code": "kind", "type": "code", "description": "chapter, block, category or code"},
        ],
        "concept": reading.concepts,
    }))
}

impl Reading {
    fn put(&mut self, piece: &str) -> Result<(), Fault> {
        if self.text.len() + piece.len() > LONGEST {
            return Err(invalid("an element holds more than 64 kB of text"));
        }
        self.text.push_str(piece);
        Ok(())
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Fault> {
        if self.path.len() >= DEEPEST {
            return Err(invalid(format!("elements lie more than {DEEPEST} deep in each other")));
        }
        let name = start.name().as_ref().to_owned();
        self.text.clear();
        match name.as_str() {
            "chapter" => self.begin("chapter", None),
            // A block of one category alone has the same name as that.
            "section" => {
                let id = attribute(start, "id").map(|id| if id.contains('-') { id } else { format!("{id}-{id}") });
                self.begin("block", id);
            }
            "diag" => self.begin("category", None),
            "extension" => self.extension = attribute(start, "char"),
            _ => {}
        }
        self.path.push(name);
        Ok(())
    }

    fn begin(&mut self, kind: &'static str, code: Option<String>) {
        let above = self.open.last_mut();
        let parent = above.map(|above| {
            above.has_children = true;
            above.code.clone()
        });
        self.open.push(Node { kind, code: code.unwrap_or_default(), parent, ..Node::default() });
    }

    fn end(&mut self) -> Result<(), Fault> {
        let Some(name) = self.path.pop() else { return Ok(()) };
        let within = self.path.last().map_or("", String::as_str);
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.text.clear();
        match (name.as_str(), within) {
            ("version", "ICD10CM.tabular") => self.version = text,
            ("name", "chapter" | "diag") => {
                let code = if within == "chapter" { format!("Chapter {text}") } else { text };
                if let Some(node) = self.open.last_mut() {
                    node.code = code;
                }
            }
            ("desc", "chapter" | "section" | "diag") => {
                if let Some(node) = self.open.last_mut() {
                    node.title = text;
                }
            }
            ("note", "inclusionTerm") => {
                if let Some(node) = self.open.last_mut() {
                    node.synonyms.push(text);
                }
            }
            ("extension", "sevenChrDef") => {
                if let (Some(node), Some(character)) = (self.open.last_mut(), self.extension.take()) {
                    node.seventh.push((character, text));
                }
            }
            ("chapter" | "section" | "diag", _) => self.close()?,
            _ => {}
        }
        Ok(())
    }

    /// Ends a node: it becomes a concept, and with seventh characters several.
    fn close(&mut self) -> Result<(), Fault> {
        let seventh: Vec<(String, String)> = {
            // The nearest that tells them.
            let told = self.open.iter().rev().find(|node| !node.seventh.is_empty());
            told.map(|node| node.seventh.clone()).unwrap_or_default()
        };
        let Some(node) = self.open.pop() else { return Ok(()) };
        if node.code.is_empty() || node.title.is_empty() {
            return Err(invalid(format!("an entry has no code or no title: `{}`", shown(&node.code))));
        }
        if self.concepts.len() + seventh.len() >= MOST {
            return Err(too_costly(format!("more than {MOST} codes")));
        }
        let is_code = node.kind == "category";
        let splits = is_code && !node.has_children && !seventh.is_empty();
        let is_abstract = !is_code || node.has_children || splits;
        self.concepts.push(concept(
            &node.code,
            &node.title,
            &node.synonyms,
            node.parent.as_deref(),
            is_abstract,
            node.kind,
        ));
        if splits {
            let bare: String = node.code.chars().filter(|c| *c != '.').collect();
            for (character, means) in &seventh {
                let long = format!("{bare:X<6}{character}");
                let (head, tail) = long.split_at_checked(3).unwrap_or((&long, ""));
                let (code, title) = (format!("{head}.{tail}"), format!("{}, {means}", node.title));
                self.concepts.push(concept(&code, &title, &[], Some(&node.code), false, "code"));
            }
        }
        Ok(())
    }
}

fn concept(code: &str, title: &str, synonyms: &[String], parent: Option<&str>, is_abstract: bool, kind: &str) -> Value {
    let mut properties = vec![json!({"code": "kind", "valueCode": kind})];
    if let Some(parent) = parent {
        properties.push(json!({"code": "parent", "valueCode": parent}));
    }
    if is_abstract {
        properties.push(json!({"code": "notSelectable", "valueBoolean": true}));
    }
    let mut concept = Map::new();
    concept.insert("code".to_owned(), code.into());
    concept.insert("display".to_owned(), title.into());
    if !synonyms.is_empty() {
        let all = synonyms.iter().map(|value| json!({"language": "en", "value": value}));
        concept.insert("designation".to_owned(), all.collect());
    }
    concept.insert("property".to_owned(), Value::Array(properties));
    Value::Object(concept)
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(found.value.into_owned())
}
