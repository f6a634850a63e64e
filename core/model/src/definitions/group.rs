//! Element groups: the elements of a type or of one backbone, and which JSON keys they answer to.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The elements of `path`, for example `Patient`, `Patient.contact` or `HumanName`.
#[derive(Debug)]
pub struct Group {
    pub path: &'static str,
    /// As in the file: `name 0..1 Type|Reference(Patient,Group) s`.
    raw: Vec<&'static str>,
    elements: OnceLock<Vec<Element>>,
    keys: OnceLock<HashMap<Box<str>, (usize, usize)>>,
}

/// One element.
#[derive(Debug)]
pub struct Element {
    /// Without `[x]`.
    pub name: &'static str,
    pub is_choice: bool,
    pub min: u32,
    pub many: bool,
    /// Part of a summary (`isSummary`).
    pub summary: bool,
    /// Changes the meaning of what it stands in (`isModifier`).
    pub modifier: bool,
    pub types: Vec<ElementType>,
}

/// A type that an element may have.
#[derive(Debug)]
pub struct ElementType {
    /// A FHIR type, or the path of the group of a backbone.
    pub code: &'static str,
    /// What a Reference or canonical may point to; empty where anything.
    pub targets: Vec<&'static str>,
}

/// What stands under a JSON key.
#[derive(Debug, Clone, Copy)]
pub struct Child<'a> {
    pub element: &'a Element,
    pub kind: ChildKind,
}

/// The kind of a child's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildKind {
    /// A primitive type such as `dateTime`.
    Primitive(&'static str),
    /// An object with the elements of this group.
    Group(&'static str),
    /// A whole resource.
    Resource,
}

impl Group {
    pub(super) fn new(path: &'static str, raw: Vec<&'static str>) -> Self {
        Self { path, raw, elements: OnceLock::new(), keys: OnceLock::new() }
    }

    /// In the order of the definition.
    pub fn elements(&self) -> &[Element] {
        self.elements.get_or_init(|| self.raw.iter().filter_map(|line| element(self.path, line)).collect())
    }

    /// The element behind a JSON key (`valueQuantity`, not `value`); `None` for a key that R4 does not know here.
    pub fn child(&self, key: &str) -> Option<Child<'_>> {
        let (element, kind) = *self.keys.get_or_init(|| self.index()).get(key)?;
        let element = self.elements().get(element)?;
        let code = element.types.get(kind)?.code;
        let kind = match code {
            "Resource" => ChildKind::Resource,
            code if primitive(code) => ChildKind::Primitive(code),
            code => ChildKind::Group(code),
        };
        Some(Child { element, kind })
    }

    /// All JSON keys with what stands under them.
    pub fn children(&self) -> impl Iterator<Item = (&str, ChildKind)> {
        let keys = self.keys.get_or_init(|| self.index());
        keys.keys().filter_map(|key| Some((&**key, self.child(key)?.kind)))
    }

    fn index(&self) -> HashMap<Box<str>, (usize, usize)> {
        let mut keys = HashMap::new();
        for (at, element) in self.elements().iter().enumerate() {
            if element.is_choice {
                for (kind, ElementType { code, .. }) in element.types.iter().enumerate() {
                    keys.insert(choice_key(element.name, code), (at, kind));
                }
            } else {
                keys.insert(element.name.into(), (at, 0));
            }
        }
        keys
    }
}

/// Primitive types begin with a small letter, others with a capital.
pub(super) fn primitive(code: &str) -> bool {
    code.starts_with(|c: char| c.is_ascii_lowercase())
}

fn choice_key(name: &str, code: &str) -> Box<str> {
    let mut key = String::with_capacity(name.len() + code.len());
    key.push_str(name);
    let mut letters = code.chars();
    key.extend(letters.next().map(|c| c.to_ascii_uppercase()));
    key.push_str(letters.as_str());
    key.into()
}

/// `name 0..1 Type|Reference(Patient,Group) sm`: `s` and `m` where it is of a summary and a modifier; `@` is the backbone `<path>.<name>`, `#path` the group of another element.
fn element(path: &'static str, line: &'static str) -> Option<Element> {
    let mut words = line.split(' ');
    let (name, cardinality, types, flags) = (words.next()?, words.next()?, words.next()?, words.next().unwrap_or(""));
    let (min, max) = cardinality.split_once("..")?;
    let is_choice = name.ends_with("[x]");
    let name = name.trim_end_matches("[x]");
    let types = types.split('|').map(|text| {
        let (code, targets) = text.strip_suffix(')').and_then(|text| text.split_once('(')).unwrap_or((text, ""));
        let code = match code {
            // Backbone paths are made once for each group, and groups live as long as the program.
            "@" => String::leak(format!("{path}.{name}")),
            code => code.trim_start_matches('#'),
        };
        ElementType { code, targets: targets.split(',').filter(|target| !target.is_empty()).collect() }
    });
    let (summary, modifier) = (flags.contains('s'), flags.contains('m'));
    let (min, many, types) = (min.parse().ok()?, max == "*", types.collect());
    Some(Element { name, is_choice, min, many, summary, modifier, types })
}
