//! StructureDefinitions: what an element may hold and how often, what must be true of it.
//!
//! A [`Structure`] is a snapshot as a tree of [`Node`]s. [`Structures`] are all in force: those of R4, read from
//! `definitions/structures.json` when they are first asked for, and those of packages and of the store.

mod constraint;
mod decode;
mod element;
mod embedded;
mod resource;
mod store;
mod table;
mod tree;
mod usable;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::says::Says;

pub use constraint::{Constraint, Native, Shape};
pub use element::{Aggregation, Binding, By, Discriminator, Element, MANY, Pinned, Rules, Slicing, Strength, Type};
pub use store::{Missing, Structures};
pub use usable::Judgement;

pub(crate) use constraint::Interner;
pub(crate) use decode::{Definition, definition};
pub(crate) use embedded::all_embedded;

/// The invariants of R4, by the names of `definitions/structures.json`.
#[cfg(test)]
pub(crate) fn r4_constraints() -> impl Iterator<Item = (&'static str, &'static Constraint)> {
    table::table().constraints.iter().map(|(name, one)| (name.as_str(), &**one))
}

/// Where HL7's structures have their addresses.
pub const HL7: &str = "http://hl7.org/fhir/StructureDefinition/";

/// Why a StructureDefinition or a package can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The element or the file where it is, or the address of the structure; may be empty.
    pub place: String,
    pub says: Says,
}

impl Fault {
    pub(crate) fn new(place: impl Into<String>, says: impl Into<Says>) -> Self {
        Self { place: place.into(), says: says.into() }
    }

    /// The whole, with its place, as a message or a part of one.
    #[must_use]
    pub fn told(&self) -> Says {
        let says = self.says.clone();
        if self.place.is_empty() { says } else { Says::AtPlace { place: self.place.clone(), says: Box::new(says) } }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.told())
    }
}

impl std::error::Error for Fault {}

/// What a structure describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Primitive,
    Complex,
    Resource,
    Logical,
}

/// Where an extension may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseContext {
    pub kind: ContextKind,
    pub expression: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextKind {
    Element,
    Extension,
    FhirPath,
}

/// One StructureDefinition with its snapshot.
#[derive(Debug)]
pub struct Structure {
    pub url: String,
    pub version: Option<String>,
    pub name: String,
    pub kind: Kind,
    /// The type that it describes or constrains: `Patient`, `Extension`.
    pub type_name: String,
    pub base: Option<String>,
    pub is_abstract: bool,
    /// A profile: it says more of a type that exists.
    pub is_constraint: bool,
    pub contexts: Vec<UseContext>,
    pub context_invariants: Vec<Arc<Constraint>>,
    pub root: Arc<Node>,
}

impl Structure {
    /// `url|version`, for messages.
    #[must_use]
    pub fn canonical(&self) -> String {
        match &self.version {
            Some(version) => format!("{}|{version}", self.url),
            None => self.url.clone(),
        }
    }
}

/// An element with what stands in it and its slices.
#[derive(Debug, Clone)]
pub struct Node {
    pub element: Element,
    /// Empty for a leaf: what its type says holds there.
    pub children: Vec<Arc<Node>>,
    /// The slices of this element, each with everything that this element says.
    pub slices: Vec<Arc<Node>>,
    pub(crate) keys: Keys,
}

impl Node {
    pub(crate) fn new(element: Element) -> Self {
        Self { element, children: Vec::new(), slices: Vec::new(), keys: Keys::default() }
    }

    /// The child of this name, without `[x]`.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Arc<Self>> {
        self.children.iter().find(|child| child.element.name == name)
    }

    /// The child behind a JSON key and the place of its type: `valueQuantity`, not `value`.
    #[must_use]
    pub fn key(&self, key: &str) -> Option<(usize, Option<usize>)> {
        self.keys.0.get_or_init(|| index(&self.children)).get(key).copied()
    }
}

/// JSON keys → child and type; made when first asked for, and again after a change.
#[derive(Debug, Default)]
pub(crate) struct Keys(OnceLock<KeyIndex>);

/// By key: the place of the child, and of its type where that is chosen.
type KeyIndex = HashMap<Box<str>, (usize, Option<usize>)>;

impl Clone for Keys {
    fn clone(&self) -> Self {
        Self::default()
    }
}

fn index(children: &[Arc<Node>]) -> KeyIndex {
    let mut keys = HashMap::new();
    for (at, child) in children.iter().enumerate() {
        let element = &child.element;
        if element.is_choice {
            for (kind, one) in element.types.iter().enumerate() {
                keys.insert(choice_key(&element.name, &one.code).into(), (at, Some(kind)));
            }
        } else {
            keys.insert(element.name.as_str().into(), (at, None));
        }
    }
    keys
}

/// `value` and `Quantity` → `valueQuantity`.
#[must_use]
pub fn choice_key(name: &str, code: &str) -> String {
    let mut key = String::with_capacity(name.len() + code.len());
    key.push_str(name);
    let mut letters = code.chars();
    key.extend(letters.next().map(|c| c.to_ascii_uppercase()));
    key.push_str(letters.as_str());
    key
}

/// Primitive types begin with a small letter, others with a capital. `xhtml` counts as one.
#[must_use]
pub fn is_primitive(code: &str) -> bool {
    code.starts_with(|c: char| c.is_ascii_lowercase()) && !code.contains(':')
}

/// A canonical address without its version, and the version.
#[must_use]
pub fn canonical(text: &str) -> (&str, Option<&str>) {
    let text = text.split_once('#').map_or(text, |(text, _)| text);
    text.split_once('|').map_or((text, None), |(url, version)| (url, Some(version)))
}
