//! What the R4 definitions say of types, in the form that evaluation needs: a number for each type, and for each type
//! its elements by the number of their name.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use meridian_model::definitions::{ChildKind, Definitions};

/// A quick hash for names that the definitions give; nobody outside adds to these tables.
#[derive(Debug, Default)]
pub(crate) struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for eight in bytes.chunks(8) {
            let word = eight.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

type Names<T> = HashMap<&'static str, T, BuildHasherDefault<Quick>>;

/// A FHIR type: `Patient`, `Patient.contact`, `HumanName`, `code`. Zero is what the definitions do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kind(u16);

impl Kind {
    pub const UNKNOWN: Self = Self(0);

    /// The type of this name, or [`Self::UNKNOWN`].
    #[must_use]
    pub fn named(name: &str) -> Self {
        types().named(name)
    }
}

/// The number of an element's name, over all types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NameId(u16);

/// FHIRPath's own types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum System {
    Any,
    Boolean,
    Integer,
    Long,
    Decimal,
    String,
    Date,
    DateTime,
    Time,
    Quantity,
    /// What `type()` gives.
    TypeInfo,
}

impl System {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Any => "Any",
            Self::Boolean => "Boolean",
            Self::Integer => "Integer",
            Self::Long => "Long",
            Self::Decimal => "Decimal",
            Self::String => "String",
            Self::Date => "Date",
            Self::DateTime => "DateTime",
            Self::Time => "Time",
            Self::Quantity => "Quantity",
            Self::TypeInfo => "TypeInfo",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Any" => Self::Any,
            "Boolean" => Self::Boolean,
            "Integer" => Self::Integer,
            "Long" => Self::Long,
            "Decimal" => Self::Decimal,
            "String" => Self::String,
            "Date" => Self::Date,
            "DateTime" => Self::DateTime,
            "Time" => Self::Time,
            "Quantity" => Self::Quantity,
            _ => return None,
        })
    }
}

/// One way in which an element stands in JSON.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) json: &'static str,
    /// `_birthDate`, where identity and extensions of a primitive stand; empty for other elements.
    pub(crate) under: &'static str,
    pub(crate) kind: Kind,
}

/// An element of a type.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: &'static str,
    pub(crate) many: bool,
    pub(crate) choice: bool,
    /// One, or one for each type of a choice.
    pub(crate) keys: Vec<Key>,
}

#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) base: Kind,
    pub(crate) form: Form,
    /// In the order of the definition.
    pub(crate) elements: Vec<Element>,
    /// By the number of the name, in its order.
    by_name: Vec<(NameId, u16)>,
    by_key: Names<(u16, u16)>,
}

/// What values of a type look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Unknown,
    /// A JSON scalar that is this type of FHIRPath.
    Primitive(System),
    Complex,
    Resource,
}

pub(crate) struct Types {
    tables: Vec<Table>,
    /// What the definitions do not know.
    none: Table,
    by_name: Names<Kind>,
    names: Names<NameId>,
}

const PRIMITIVES: [(&str, &str, System); 20] = [
    ("boolean", "Element", System::Boolean),
    ("integer", "Element", System::Integer),
    ("positiveInt", "integer", System::Integer),
    ("unsignedInt", "integer", System::Integer),
    ("decimal", "Element", System::Decimal),
    ("date", "Element", System::Date),
    ("dateTime", "Element", System::DateTime),
    ("instant", "Element", System::DateTime),
    ("time", "Element", System::Time),
    ("string", "Element", System::String),
    ("code", "string", System::String),
    ("id", "string", System::String),
    ("markdown", "string", System::String),
    ("uri", "Element", System::String),
    ("url", "uri", System::String),
    ("canonical", "uri", System::String),
    ("oid", "uri", System::String),
    ("uuid", "uri", System::String),
    ("base64Binary", "Element", System::String),
    ("xhtml", "Element", System::String),
];

static TYPES: LazyLock<Types> = LazyLock::new(Types::r4);

/// The tables; the first call makes them (some milliseconds).
pub(crate) fn types() -> &'static Types {
    &TYPES
}

impl Types {
    fn r4() -> Self {
        let definitions = Definitions::r4();
        let mut all = Self {
            tables: vec![Table::new("", Kind::UNKNOWN, Form::Unknown)],
            none: Table::new("", Kind::UNKNOWN, Form::Unknown),
            by_name: Names::default(),
            names: Names::default(),
        };
        let mut bases = Vec::new();
        for abstracts in ["Element", "BackboneElement", "Resource", "DomainResource"] {
            all.reach(definitions, abstracts);
        }
        for (name, base, system) in PRIMITIVES {
            all.add(name, Kind::UNKNOWN, Form::Primitive(system));
            bases.push((name, base));
        }
        for name in definitions.resource_types() {
            all.reach(definitions, name);
        }
        // Elements and bases are types by their number, so all types come first.
        let named: Vec<(&'static str, Kind)> = all.by_name.iter().map(|(name, kind)| (*name, *kind)).collect();
        for (name, kind) in named {
            let is_primitive = all.table(kind).system().is_some();
            let base = match bases.iter().find(|(primitive, _)| *primitive == name) {
                Some((_, base)) => all.named(base),
                None => all.form(definitions, name).1,
            };
            if let Some(table) = all.tables.get_mut(usize::from(kind.0)) {
                table.base = base;
            }
            all.fill(definitions, kind, if is_primitive { "Element" } else { name });
        }
        all
    }

    /// Adds a type with all those of its elements.
    fn reach(&mut self, definitions: &'static Definitions, path: &'static str) {
        let mut waiting = vec![path];
        while let Some(path) = waiting.pop() {
            let Some(group) = definitions.group(path) else { continue };
            if self.by_name.contains_key(path) {
                continue;
            }
            let (form, _) = self.form(definitions, path);
            self.add(path, Kind::UNKNOWN, form);
            for (_, kind) in group.children() {
                if let ChildKind::Group(path) = kind {
                    waiting.push(path);
                }
            }
        }
    }

    fn form(&self, definitions: &Definitions, path: &str) -> (Form, Kind) {
        match path {
            "Element" | "Resource" => (if path == "Element" { Form::Complex } else { Form::Resource }, Kind::UNKNOWN),
            "BackboneElement" => (Form::Complex, self.named("Element")),
            "DomainResource" => (Form::Resource, self.named("Resource")),
            "Age" | "Count" | "Distance" | "Duration" => (Form::Complex, self.named("Quantity")),
            _ if definitions.is_a(path, "DomainResource") => (Form::Resource, self.named("DomainResource")),
            _ if definitions.is_resource_type(path) => (Form::Resource, self.named("Resource")),
            _ if definitions.element(path, "modifierExtension").is_some() => {
                (Form::Complex, self.named("BackboneElement"))
            }
            _ => (Form::Complex, self.named("Element")),
        }
    }

    fn add(&mut self, name: &'static str, base: Kind, form: Form) -> Kind {
        let kind = Kind(u16::try_from(self.tables.len()).unwrap_or(0));
        self.tables.push(Table::new(name, base, form));
        self.by_name.insert(name, kind);
        kind
    }

    /// Gives a type the elements of a group.
    fn fill(&mut self, definitions: &'static Definitions, kind: Kind, path: &str) {
        let Some(group) = definitions.group(path) else { return };
        let resource = self.named("Resource");
        let mut elements = Vec::new();
        for element in group.elements() {
            let keys = element.types.iter().map(|of| {
                let code = of.code;
                let json = if element.is_choice { choice_key(element.name, code) } else { element.name };
                let kind = if code == "Resource" { resource } else { self.named(code) };
                let is_primitive = code.starts_with(|c: char| c.is_ascii_lowercase());
                let under = if is_primitive { String::leak(format!("_{json}")) } else { "" };
                Key { json, under, kind }
            });
            let keys = keys.collect();
            elements.push(Element { name: element.name, many: element.many, choice: element.is_choice, keys });
        }
        let (mut by_name, mut by_key) = (Vec::new(), Names::default());
        for (at, element) in elements.iter().enumerate() {
            let place = u16::try_from(at).unwrap_or(u16::MAX);
            by_name.push((self.intern(element.name), place));
            for (which, key) in element.keys.iter().enumerate() {
                by_key.insert(key.json, (place, u16::try_from(which).unwrap_or(u16::MAX)));
            }
        }
        by_name.sort_unstable();
        if let Some(table) = self.tables.get_mut(usize::from(kind.0)) {
            (table.elements, table.by_name, table.by_key) = (elements, by_name, by_key);
        }
    }

    fn intern(&mut self, name: &'static str) -> NameId {
        let next = NameId(u16::try_from(self.names.len()).unwrap_or(u16::MAX));
        *self.names.entry(name).or_insert(next)
    }

    pub(crate) fn table(&self, kind: Kind) -> &Table {
        self.tables.get(usize::from(kind.0)).unwrap_or(&self.none)
    }

    /// The type of this name, or [`Kind::UNKNOWN`].
    pub(crate) fn named(&self, name: &str) -> Kind {
        self.by_name.get(name).copied().unwrap_or(Kind::UNKNOWN)
    }

    pub(crate) fn name_id(&self, name: &str) -> Option<NameId> {
        self.names.get(name).copied()
    }

    /// The type or one of those that it is made from is `base`.
    pub(crate) fn is_a(&self, kind: Kind, base: Kind) -> bool {
        let mut kind = kind;
        while kind != Kind::UNKNOWN {
            if kind == base {
                return true;
            }
            kind = self.table(kind).base;
        }
        false
    }
}

impl Table {
    fn new(name: &'static str, base: Kind, form: Form) -> Self {
        Self { name, base, form, elements: Vec::new(), by_name: Vec::new(), by_key: Names::default() }
    }

    pub(crate) fn element(&self, name: NameId) -> Option<&Element> {
        let at = self.by_name.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        self.elements.get(usize::from(self.by_name.get(at)?.1))
    }

    /// The element behind a JSON key, and its type there.
    pub(crate) fn key(&self, json: &str) -> Option<(&Element, &Key)> {
        let (element, which) = self.by_key.get(json)?;
        let element = self.elements.get(usize::from(*element))?;
        Some((element, element.keys.get(usize::from(*which))?))
    }

    pub(crate) fn system(&self) -> Option<System> {
        match self.form {
            Form::Primitive(system) => Some(system),
            _ => None,
        }
    }
}

fn choice_key(name: &str, code: &str) -> &'static str {
    let mut key = String::with_capacity(name.len() + code.len());
    key.push_str(name);
    let mut letters = code.chars();
    key.extend(letters.next().map(|c| c.to_ascii_uppercase()));
    key.push_str(letters.as_str());
    key.leak()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_the_definitions_has_its_elements() {
        let all = types();
        assert!(all.tables.len() > 600, "{}", all.tables.len());
        let empty: Vec<_> = all.tables.iter().skip(1).filter(|t| t.elements.is_empty()).map(|t| t.name).collect();
        assert!(empty.is_empty(), "{empty:?}");
        for table in &all.tables {
            for element in &table.elements {
                assert!(element.keys.iter().all(|key| key.kind != Kind::UNKNOWN), "{}.{}", table.name, element.name);
            }
        }
    }

    #[test]
    fn types_know_what_they_are_made_from() {
        let all = types();
        let is = |kind: &str, base: &str| all.is_a(all.named(kind), all.named(base));
        assert!(is("code", "string") && is("uuid", "uri") && is("Age", "Quantity") && is("Patient", "Resource"));
        assert!(is("Patient", "DomainResource") && !is("Bundle", "DomainResource") && is("Bundle", "Resource"));
        assert!(is("Patient.contact", "BackboneElement") && is("Timing.repeat", "Element") && is("code", "Element"));
        assert!(!is("string", "code") && !is("HumanName", "Resource"));
    }

    #[test]
    fn choices_have_a_key_for_each_type() {
        let all = types();
        let observation = all.table(all.named("Observation"));
        let value = observation.element(all.name_id("value").unwrap()).unwrap();
        assert_eq!(value.keys.len(), 11);
        let (element, key) = observation.key("valueQuantity").unwrap();
        assert!(element.name == "value" && all.table(key.kind).name == "Quantity" && key.under.is_empty());
        assert_eq!(observation.key("valueString").unwrap().1.under, "_valueString");
    }
}
