//! FHIR XML → the JSON value of a resource.
//!
//! The definition tables say what an element is: its JSON key, whether it is an array, which type its value has. What
//! they don't know is refused by name, and so is an element out of its order: JSON could not tell it.

use meridian_model::definitions::{Child, ChildKind, Definitions, Group};
use meridian_model::reader::{Fault, FaultKind};
use meridian_model::{Map, Value};

use crate::fault::{Broken, Read};
use crate::token::{Open, Space, Token, Tokens, is_blank};
use crate::tree::Element;
use crate::{FHIR, Limits, encoding, narrative, primitive};

/// An element costs much more memory than a byte.
const BYTES_AN_ELEMENT: usize = 12;

/// Reads one resource.
///
/// Keys stand in the order of the elements, `resourceType` first; decimals keep their digits.
///
/// # Errors
/// A [`Fault`] for a document that is too long or too deep, in another encoding, not XML, with a document type or an
/// entity of its own, or with something that R4 doesn't know at its place; it says where.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Value, Fault> {
    let text = decoded(bytes, limits)?;
    document(&text, limits).map_err(|broken| broken.fault(&text))
}

/// The text of a document within the limits.
pub(crate) fn decoded<'a>(bytes: &'a [u8], limits: &Limits) -> Result<std::borrow::Cow<'a, str>, Fault> {
    if bytes.len() > limits.bytes {
        let message = format!("the document has {} bytes; at most {} are read", bytes.len(), limits.bytes);
        return Err(Fault { kind: FaultKind::TooLong, path: String::new(), message, position: None });
    }
    encoding::text(bytes)
}

/// How much a document may still ask of the reader.
pub(crate) struct Room {
    elements: usize,
    /// Bytes of narratives that are printed anew: what they take of what stands around them is not in their length.
    printed: usize,
}

impl Room {
    /// That of a document of this length.
    pub(crate) fn of(length: usize, limits: &Limits) -> Room {
        Room { elements: limits.elements.max(length / BYTES_AN_ELEMENT), printed: limits.bytes }
    }

    /// Counts one element.
    pub(crate) fn element(&mut self, at: usize) -> Read<()> {
        let too_many = || Broken::new(FaultKind::TooLong, "the document has too many elements", at);
        self.elements = self.elements.checked_sub(1).ok_or_else(too_many)?;
        Ok(())
    }

    /// Prints an element anew.
    pub(crate) fn print(&mut self, element: &Element, at: usize) -> Read<String> {
        let too_long = || Broken::new(FaultKind::TooLong, "the namespaces around a narrative make it too long", at);
        let text = element.to_xml_within(self.printed).ok_or_else(too_long)?;
        self.printed -= text.len();
        Ok(text)
    }
}

fn document(text: &str, limits: &Limits) -> Read<Value> {
    let tokens = Tokens::of(text, limits)?;
    let mut reader = Reader { tokens, depth: limits.depth, room: Room::of(text.len(), limits) };
    let Token::Open(open) = reader.tokens.next()? else {
        return Err(Broken::new(FaultKind::Xml, "there is no element", 0));
    };
    let name = open.name;
    let value = reader.resource(&open, 1).map_err(|broken| broken.within(name, None))?;
    reader.tokens.next()?;
    Ok(value)
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    depth: usize,
    room: Room,
}

/// Equal elements that follow each other, on their way to one key.
struct Run<'g> {
    child: Child<'g>,
    key: &'g str,
    values: Vec<Value>,
    /// What a primitive has beside its value; nulls where it has nothing.
    siblings: Vec<Value>,
}

impl<'a> Reader<'a> {
    /// What stands between the tags of a resource.
    fn resource(&mut self, open: &Open<'a>, depth: usize) -> Read<Value> {
        if open.space != Space::Fhir {
            let says = match open.space.uri() {
                "" => format!("`{}` has no namespace; FHIR's is {FHIR}", open.name),
                other => format!("`{}` is of the namespace {other}; FHIR's is {FHIR}", open.name),
            };
            return Err(Broken::new(FaultKind::Unknown, says, open.at));
        }
        let r4 = Definitions::r4();
        let Some(group) = r4.group(open.name).filter(|_| r4.is_resource_type(open.name)) else {
            let says = format!("`{}` is not a resource type of FHIR R4", open.name);
            return Err(Broken::new(FaultKind::Unknown, says, open.at));
        };
        // Where a schema lies is said for editors.
        if let Some(other) = open.attributes.iter().find(|attribute| attribute.space != Space::Instance) {
            return Err(unknown_attribute(other.name, open.name, other.at));
        }
        let mut members = Map::new();
        members.insert("resourceType".to_owned(), open.name.into());
        self.members(group, &mut members, depth)?;
        Ok(Value::Object(members))
    }

    /// The child elements up to the closing tag.
    fn members(&mut self, group: &'static Group, members: &mut Map<String, Value>, depth: usize) -> Read<()> {
        if depth > self.depth {
            return Err(Broken::new(FaultKind::TooDeep, "the document is nested too deeply", self.tokens.at()));
        }
        let is_resource = Definitions::r4().is_resource_type(group.path);
        let mut before = 0;
        let mut run: Option<Run<'a>> = None;
        loop {
            let open = match self.tokens.next()? {
                Token::Open(open) => open,
                Token::Text { text, .. } if is_blank(&text) => continue,
                Token::Text { text, at } => return Err(stray(&text, at)),
                Token::Close { .. } | Token::End => break,
            };
            self.room.element(open.at)?;
            let child = group.child(open.name).filter(|_| is_resource || !is_attribute(group, open.name));
            let Some(child) = child else { return Err(unknown(group, &open)) };
            let place = group.elements().iter().position(|element| std::ptr::eq(element, child.element)).unwrap_or(0);
            if place < before {
                let says = format!("`{}` stands too late: R4 has it before what came", open.name);
                return Err(Broken::new(FaultKind::Unknown, says, open.at).within(open.name, None));
            }
            before = place;
            let mut current = match run.take() {
                Some(current) if current.key == open.name => current,
                other => {
                    if let Some(done) = other {
                        done.store(members);
                    }
                    Run { child, key: open.name, values: Vec::new(), siblings: Vec::new() }
                }
            };
            let many = child.element.many;
            let index = current.values.len();
            if index > 0 && !many {
                let says = format!("`{}` stands twice; it may stand once", open.name);
                return Err(Broken::new(FaultKind::Unknown, says, open.at).within(open.name, None));
            }
            let (value, sibling) = self
                .child(child.kind, &open, depth + 1 + usize::from(many))
                .map_err(|broken| broken.within(open.name, many.then_some(index)))?;
            current.values.push(value);
            current.siblings.push(sibling);
            run = Some(current);
        }
        if let Some(done) = run {
            done.store(members);
        }
        Ok(())
    }

    /// One element: its value, and what a primitive has beside it.
    fn child(&mut self, kind: ChildKind, open: &Open<'a>, depth: usize) -> Read<(Value, Value)> {
        if kind == ChildKind::Primitive("xhtml") {
            if open.space != Space::Xhtml {
                let says = format!("a narrative is of the namespace {}", crate::XHTML);
                return Err(Broken::new(FaultKind::Unknown, says, open.at));
            }
            let text = narrative::read(&mut self.tokens, open, &mut self.room)?;
            return Ok((Value::String(text), Value::Null));
        }
        if open.space != Space::Fhir {
            let says = format!("`{}` is not of FHIR's namespace", open.name);
            return Err(Broken::new(FaultKind::Unknown, says, open.at));
        }
        match kind {
            ChildKind::Primitive(kind) => self.primitive(kind, open, depth),
            kind if is_resource(kind) => self.inner(open, depth).map(|value| (value, Value::Null)),
            ChildKind::Group(path) => {
                let mut members = Map::new();
                for attribute in &open.attributes {
                    let group = Definitions::r4().group(path);
                    let is_known = attribute.space == Space::None
                        && (attribute.name == "id" || (attribute.name == "url" && path == "Extension"));
                    if !is_known || group.is_none_or(|group| group.child(attribute.name).is_none()) {
                        return Err(unknown_attribute(attribute.name, open.name, attribute.at));
                    }
                    members.insert(attribute.name.to_owned(), attribute.value.as_ref().into());
                }
                let Some(group) = Definitions::r4().group(path) else { return Err(unknown_type(path, open.at)) };
                self.members(group, &mut members, depth)?;
                Ok((Value::Object(members), Value::Null))
            }
            ChildKind::Resource => self.inner(open, depth).map(|value| (value, Value::Null)),
        }
    }

    /// The one resource inside of `contained` or `resource`.
    fn inner(&mut self, open: &Open<'a>, depth: usize) -> Read<Value> {
        if let Some(other) = open.attributes.first() {
            return Err(unknown_attribute(other.name, open.name, other.at));
        }
        let mut found = None;
        loop {
            match self.tokens.next()? {
                Token::Open(inner) if found.is_none() => {
                    self.room.element(inner.at)?;
                    found = Some(self.resource(&inner, depth)?);
                }
                Token::Open(inner) => {
                    let says = format!("`{}` holds one resource; this is a second", open.name);
                    return Err(Broken::new(FaultKind::Unknown, says, inner.at));
                }
                Token::Text { text, .. } if is_blank(&text) => {}
                Token::Text { text, at } => return Err(stray(&text, at)),
                Token::Close { .. } | Token::End => break,
            }
        }
        found.ok_or_else(|| Broken::new(FaultKind::Value, "there is no resource in it", open.at))
    }

    fn primitive(&mut self, kind: &'static str, open: &Open<'a>, depth: usize) -> Read<(Value, Value)> {
        let mut value = Value::Null;
        let mut beside = Map::new();
        for attribute in &open.attributes {
            match (attribute.name, &attribute.space) {
                ("value", Space::None) => {
                    value = primitive::value(kind, &attribute.value).map_err(|expected| {
                        let shown: String = attribute.value.chars().take(60).collect();
                        Broken::new(
                            FaultKind::Value,
                            format!("{expected} is expected, this is `{shown}`"),
                            attribute.at,
                        )
                    })?;
                }
                ("id", Space::None) => {
                    beside.insert("id".to_owned(), attribute.value.as_ref().into());
                }
                _ => return Err(unknown_attribute(attribute.name, open.name, attribute.at)),
            }
        }
        let Some(element) = Definitions::r4().group("Element") else { return Err(unknown_type("Element", open.at)) };
        self.members(element, &mut beside, depth)?;
        if value.is_null() && beside.is_empty() {
            let says = "an element has a value, an id or extensions; this one is empty";
            return Err(Broken::new(FaultKind::Value, says, open.at));
        }
        Ok((value, if beside.is_empty() { Value::Null } else { Value::Object(beside) }))
    }
}

impl Run<'_> {
    /// Puts the elements under their key, and what stands beside their values under `_key`.
    fn store(self, members: &mut Map<String, Value>) {
        let Self { child, key, mut values, mut siblings } = self;
        let has_values = values.iter().any(|value| !value.is_null());
        let has_siblings = siblings.iter().any(|sibling| !sibling.is_null());
        if child.element.many {
            if has_values {
                members.insert(key.to_owned(), Value::Array(values));
            }
            if has_siblings {
                members.insert(format!("_{key}"), Value::Array(siblings));
            }
            return;
        }
        if let Some(value) = values.pop().filter(|_| has_values) {
            members.insert(key.to_owned(), value);
        }
        if let Some(sibling) = siblings.pop().filter(|_| has_siblings) {
            members.insert(format!("_{key}"), sibling);
        }
    }
}

/// Whether a whole resource stands there: of any type, or (the outcome of a Bundle's response) of one.
pub(crate) fn is_resource(kind: ChildKind) -> bool {
    match kind {
        ChildKind::Resource => true,
        ChildKind::Group(path) => Definitions::r4().is_resource_type(path),
        ChildKind::Primitive(_) => false,
    }
}

/// What XML writes as an attribute: the id of an element that is no resource, and the url of an extension.
pub(crate) fn is_attribute(group: &Group, name: &str) -> bool {
    name == "id" && !Definitions::r4().is_resource_type(group.path) || name == "url" && group.path == "Extension"
}

#[cold]
fn unknown(group: &Group, open: &Open<'_>) -> Box<Broken> {
    let is_attribute = group.child(open.name).is_some() && is_attribute(group, open.name);
    let says = match group.path {
        path if is_attribute => format!("`{}` of {path} is an attribute, not an element", open.name),
        "Element" => format!("`{}` is no element that a primitive value has", open.name),
        path => format!("`{}` is no element of {path} in FHIR R4", open.name),
    };
    Broken::new(FaultKind::Unknown, says, open.at).within(open.name, None)
}

#[cold]
fn unknown_attribute(name: &str, element: &str, at: usize) -> Box<Broken> {
    Broken::new(FaultKind::Unknown, format!("`{name}` is no attribute of `{element}`"), at)
}

#[cold]
fn unknown_type(path: &str, at: usize) -> Box<Broken> {
    Broken::new(FaultKind::Unknown, format!("{path} is not known"), at)
}

#[cold]
fn stray(text: &str, at: usize) -> Box<Broken> {
    let shown: String = text.trim().chars().take(40).collect();
    Broken::new(FaultKind::Unknown, format!("text may not stand between elements: `{shown}`"), at)
}
