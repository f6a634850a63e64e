//! From concepts, one after the other, to a code system.

use meridian_model::both;

use std::collections::HashMap;
use std::sync::OnceLock;

use super::lists::{Lists, Span};
use super::{CodeSystem, Concept, Designation, Head, Key, Property, ValueType};
use crate::terms::fault::{Fault, shown};

/// Most concepts of one system: more than all of SNOMED CT with its history.
const MOST: usize = 3_000_000;
/// Longest code, in bytes.
pub(in crate::terms) const LONGEST_CODE: usize = 4096;

pub(in crate::terms) struct Builder {
    head: Head,
    keys: Vec<Key>,
    by_key: HashMap<String, u16>,
    labels: Vec<String>,
    by_label: HashMap<String, u16>,
    concepts: Vec<Concept>,
    text: String,
    /// Child and parent, as nested.
    nested: Vec<(u32, u32)>,
    /// Concept, the code of another, and whether that is its parent.
    named: Vec<(u32, Span, bool)>,
    properties: Vec<(u32, Property)>,
    designations: Vec<(u32, Designation)>,
}

impl Builder {
    pub(in crate::terms) fn new(head: Head) -> Builder {
        Builder {
            head,
            keys: Vec::new(),
            by_key: HashMap::new(),
            labels: Vec::new(),
            by_label: HashMap::new(),
            concepts: Vec::new(),
            text: String::new(),
            nested: Vec::new(),
            named: Vec::new(),
            properties: Vec::new(),
            designations: Vec::new(),
        }
    }

    fn put(&mut self, text: &str) -> Result<Span, Fault> {
        let span = Span::new(self.text.len(), text.len());
        self.text.push_str(text);
        span.filter(|_| u32::try_from(self.text.len()).is_ok()).ok_or_else(|| {
            Fault::too_costly(both!("the texts of {} are more than 4 GB", "{} 的文字超过 4 GB", self.head.url))
        })
    }

    /// A kind of property.
    pub(in crate::terms) fn key(&mut self, key: Key) -> Result<u16, Fault> {
        if let Some(known) = self.by_key.get(&key.code) {
            return Ok(*known);
        }
        let at = u16::try_from(self.keys.len());
        let at = at.map_err(|_| {
            Fault::too_costly(both!("{} has too many kinds of property", "{} 的属性种类太多", self.head.url))
        })?;
        self.by_key.insert(key.code.clone(), at);
        self.keys.push(key);
        Ok(at)
    }

    fn label(&mut self, text: &str) -> Result<u16, Fault> {
        if let Some(known) = self.by_label.get(text) {
            return Ok(*known);
        }
        let at = u16::try_from(self.labels.len());
        let at = at.map_err(|_| {
            Fault::too_costly(both!("{} has too many languages and uses", "{} 的语言和用途太多", self.head.url))
        })?;
        self.by_label.insert(text.to_owned(), at);
        self.labels.push(text.to_owned());
        Ok(at)
    }

    /// The next concept.
    pub(in crate::terms) fn concept(
        &mut self,
        code: &str,
        display: &str,
        definition: &str,
        parent: Option<u32>,
    ) -> Result<u32, Fault> {
        if code.is_empty() || code.len() > LONGEST_CODE {
            let why = if code.is_empty() {
                both!("has no code", "没有 code")
            } else {
                both!("has a code that is longer than 4,096 bytes", "的 code 超过 4096 字节")
            };
            return Err(Fault::invalid(both!(
                "a concept of {} {}: `{}`",
                "{} 中有概念{}：`{}`",
                self.head.url,
                why,
                shown(code)
            )));
        }
        if self.concepts.len() >= MOST {
            return Err(Fault::too_costly(both!(
                "{} has more than {MOST} concepts",
                "{} 的概念超过 {MOST} 个",
                self.head.url
            )));
        }
        let at = u32::try_from(self.concepts.len()).unwrap_or(u32::MAX);
        let span = self.put(code)?;
        let lower = if self.head.case_sensitive { None } else { Some(code.to_lowercase()) };
        let key = match lower.filter(|lower| lower != code) {
            Some(lower) => self.put(&lower)?,
            None => span,
        };
        let (display, definition) = (self.put(display)?, self.put(definition)?);
        self.concepts.push(Concept { code: span, key, display, definition, inactive: false, is_abstract: false });
        if let Some(parent) = parent {
            self.nested.push((at, parent));
        }
        Ok(at)
    }

    /// A property of a concept; those that say something of its place or state are heeded.
    pub(in crate::terms) fn property(&mut self, at: u32, key: u16, kind: ValueType, value: &str) -> Result<(), Fault> {
        let span = self.put(value)?;
        let means = self.keys.get(usize::from(key)).map(|key| {
            let of_uri = key.uri.as_deref().and_then(|uri| uri.strip_prefix("http://hl7.org/fhir/concept-properties#"));
            of_uri.unwrap_or(&key.code).to_owned()
        });
        let concept = self.concepts.get_mut(at as usize);
        match (means.as_deref().unwrap_or_default(), concept) {
            ("parent" | "subsumedBy", _) => self.named.push((at, span, true)),
            ("child", _) => self.named.push((at, span, false)),
            ("inactive", Some(concept)) => concept.inactive |= value == "true",
            ("status", Some(concept)) => concept.inactive |= matches!(value, "retired" | "inactive" | "withdrawn"),
            ("notSelectable" | "abstract", Some(concept)) => concept.is_abstract |= value == "true",
            _ => {}
        }
        self.properties.push((at, Property { key, kind, value: span }));
        Ok(())
    }

    pub(in crate::terms) fn designation(
        &mut self,
        at: u32,
        language: Option<&str>,
        usage: Option<&str>,
        value: &str,
    ) -> Result<(), Fault> {
        let language = language.map(|text| self.label(text)).transpose()?;
        let usage = usage.map(|text| self.label(text)).transpose()?;
        let value = self.put(value)?;
        self.designations.push((at, Designation { language, usage, value }));
        Ok(())
    }

    /// The code system.
    ///
    /// # Errors
    /// `Invalid` naming the code: one that is given twice, or lies below itself.
    pub(in crate::terms) fn build(mut self) -> Result<CodeSystem, Fault> {
        let text = std::mem::take(&mut self.text);
        let of = |span: Span| text.get(span.range()).unwrap_or_default();
        let count = u32::try_from(self.concepts.len()).unwrap_or(u32::MAX);
        let key = |at: &u32| self.concepts.get(*at as usize).map_or("", |concept| of(concept.key));
        let mut sorted: Vec<u32> = (0..count).collect();
        sorted.sort_by(|one, other| key(one).cmp(key(other)));
        if let Some([one, _]) = sorted.array_windows().find(|[one, other]| key(one) == key(other)) {
            return Err(Fault::invalid(both!(
                "{} defines the code `{}` twice",
                "{} 中代码 `{}` 定义了两次",
                self.head.url,
                shown(key(one))
            )));
        }
        let mut edges = self.nested;
        for (at, other, is_parent) in self.named {
            let other = of(other);
            let folded = if self.head.case_sensitive { other.to_owned() } else { other.to_lowercase() };
            // A part of a system may name what is not in it.
            let found = sorted.binary_search_by(|at| key(at).cmp(&folded)).ok().and_then(|nth| sorted.get(nth));
            if let Some(found) = found {
                edges.push(if is_parent { (at, *found) } else { (*found, at) });
            }
        }
        edges.sort_unstable();
        edges.dedup();
        let concepts = self.concepts.len();
        let children = edges.iter().map(|(child, parent)| (*parent, *child)).collect();
        let (parents, children) = (Lists::of_pairs(edges, concepts), Lists::of_pairs(children, concepts));
        if let Some(at) = circle(count, &parents, &children) {
            return Err(Fault::invalid(both!(
                "{}: the code `{}` lies below itself",
                "{}：代码 `{}` 成了自己的下级",
                self.head.url,
                shown(key(&at))
            )));
        }
        Ok(CodeSystem {
            head: self.head,
            keys: self.keys,
            sorted,
            labels: self.labels,
            parents,
            children,
            properties: Lists::of_pairs(self.properties, concepts),
            designations: Lists::of_pairs(self.designations, concepts),
            find: OnceLock::new(),
            concepts: self.concepts,
            text,
        })
    }
}

/// A concept that lies on a circle, or below one.
fn circle(count: u32, parents: &Lists<u32>, children: &Lists<u32>) -> Option<u32> {
    let mut waiting: Vec<usize> = (0..count).map(|at| parents.of(at).len()).collect();
    let mut open: Vec<u32> = (0..count).filter(|at| parents.of(*at).is_empty()).collect();
    let mut left = count;
    while let Some(at) = open.pop() {
        left -= 1;
        for child in children.of(at) {
            if let Some(waits) = waiting.get_mut(*child as usize) {
                *waits = waits.saturating_sub(1);
                if *waits == 0 {
                    open.push(*child);
                }
            }
        }
    }
    (left > 0).then(|| waiting.iter().position(|waits| *waits > 0)).flatten().and_then(|at| u32::try_from(at).ok())
}
