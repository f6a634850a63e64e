//! FHIR XML → the JSON value of a resource.
//!
//! The definition tables say what an element is: its JSON key, whether it is an array, which type its value has. What
//! they don't know is refused by name, and so is an element out of its order: JSON could not tell it.

use meridian_model::both;
use meridian_model::definitions::{Child, ChildKind, Definitions, Group};
use meridian_model::reader::{Fault, FaultKind};
use meridian_model::{Map, Value};

use crate::fault::{Broken, Read};
use crate::token::{Open, Space, Token, Tokens, is_blank};
use crate::tree::Element;
use crate::{FHIR, Limits, encoding, narrative, primitive};

/// Faults of one document that are told.
pub const MOST_FAULTS: usize = 200;
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
    Reader::of(&text, limits).and_then(|mut reader| reader.document()).map_err(|broken| broken.fault(&text))
}

/// Reads one resource for who judges it: what R4 doesn't know goes into the value where JSON can say it (an element of
/// another name, a word where a number stands, a second value), and where it can't, is told beside it.
///
/// The faults stand in the order of the document, at most [`MOST_FAULTS`]. A document without faults gives the same value
/// as [`read`].
///
/// # Errors
/// A [`Fault`] for what is no document to be read: too long or too deep, in another encoding, not XML, with a document
/// type.
pub fn read_with_faults(bytes: &[u8], limits: &Limits) -> Result<(Value, Vec<Fault>), Fault> {
    let text = decoded(bytes, limits)?;
    let mut reader = Reader::of(&text, limits).map_err(|broken| broken.fault(&text))?;
    reader.faults = Some(Vec::new());
    let value = reader.document().map_err(|broken| broken.fault(&text))?;
    let faults = reader.faults.take().unwrap_or_default();
    Ok((value, faults.into_iter().map(|broken| broken.fault(&text)).collect()))
}

/// The text of a document within the limits.
pub(crate) fn decoded<'a>(bytes: &'a [u8], limits: &Limits) -> Result<std::borrow::Cow<'a, str>, Fault> {
    if bytes.len() > limits.bytes {
        let message = both!(
            "the document has {} bytes; at most {} are read",
            "内容有 {} 字节，最多 {} 字节，请分开发送",
            bytes.len(),
            limits.bytes
        );
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
        let too_many = || {
            Broken::new(
                FaultKind::TooLong,
                both!("the document has too many elements", "内容的元素太多，请分开发送"),
                at,
            )
        };
        self.elements = self.elements.checked_sub(1).ok_or_else(too_many)?;
        Ok(())
    }

    /// Prints an element anew.
    pub(crate) fn print(&mut self, element: &Element, at: usize) -> Read<String> {
        let too_long = || {
            Broken::new(
                FaultKind::TooLong,
                both!("the namespaces around a narrative make it too long", "叙述外层的命名空间使它太长"),
                at,
            )
        };
        let text = element.to_xml_within(self.printed).ok_or_else(too_long)?;
        self.printed -= text.len();
        Ok(text)
    }
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    depth: usize,
    room: Room,
    /// What is FHIR's namespace in this document: who judges it reads on where the root has another.
    fhir: Space,
    /// What is wrong and can be passed over; `None` where nothing is.
    faults: Option<Vec<Broken>>,
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
    fn of(text: &'a str, limits: &Limits) -> Read<Self> {
        let (tokens, room) = (Tokens::of(text, limits)?, Room::of(text.len(), limits));
        Ok(Reader { tokens, depth: limits.depth, room, fhir: Space::Fhir, faults: None })
    }

    fn document(&mut self) -> Read<Value> {
        let Token::Open(open) = self.tokens.next()? else {
            return Err(Broken::new(FaultKind::Xml, both!("there is no element", "内容中没有元素"), 0));
        };
        let name = open.name;
        let value = self.resource(&open, 1).map_err(|broken| broken.within(name, None))?;
        self.inside(0, name, None);
        self.tokens.next()?;
        Ok(value)
    }

    /// What is wrong: told at the end where faults are gathered, else the end of the reading.
    fn wrong(&mut self, broken: Box<Broken>) -> Read<()> {
        let Some(faults) = &mut self.faults else { return Err(broken) };
        if faults.len() < MOST_FAULTS {
            faults.push(*broken);
        }
        Ok(())
    }

    fn gathered(&self) -> usize {
        self.faults.as_ref().map_or(0, Vec::len)
    }

    /// The faults gathered since then lie in this element.
    fn inside(&mut self, since: usize, name: &str, index: Option<usize>) {
        for fault in self.faults.iter_mut().flatten().skip(since) {
            fault.is_within(name, index);
        }
    }

    /// Passes over what stands between the tags of an element.
    fn pass(&mut self) -> Read<()> {
        let mut open = 1_usize;
        while open > 0 {
            match self.tokens.next()? {
                Token::Open(inner) => {
                    self.room.element(inner.at)?;
                    open += 1;
                }
                Token::Close { .. } => open -= 1,
                Token::Text { .. } => {}
                Token::End => break,
            }
        }
        Ok(())
    }

    /// What stands between the tags of a resource.
    fn resource(&mut self, open: &Open<'a>, depth: usize) -> Read<Value> {
        if open.space != self.fhir {
            let says = match open.space.uri() {
                "" => both!(
                    "`{}` has no namespace; FHIR's is {FHIR}",
                    "根元素 `{}` 缺少命名空间 xmlns=\"{FHIR}\"，请补上",
                    open.name
                ),
                other => both!(
                    "`{}` is of the namespace {other}; FHIR's is {FHIR}",
                    "`{}` 的命名空间是 {other}，应为 xmlns=\"{FHIR}\"",
                    open.name
                ),
            };
            self.wrong(Broken::new(FaultKind::Unknown, says, open.at))?;
            // Who forgot it here forgot it in all that it holds.
            let outer = std::mem::replace(&mut self.fhir, open.space.clone());
            let read = self.resource(open, depth);
            self.fhir = outer;
            return read;
        }
        let r4 = Definitions::r4();
        let mut members = Map::new();
        members.insert("resourceType".to_owned(), open.name.into());
        let Some(group) = r4.group(open.name).filter(|_| r4.is_resource_type(open.name)) else {
            if self.faults.is_some() {
                // The value says its type, and that nobody knows it is all there is to tell.
                self.pass()?;
                return Ok(Value::Object(members));
            }
            let says =
                both!("`{}` is not a resource type of FHIR R4", "FHIR R4 没有资源类型 `{}`，请核对拼写", open.name);
            return Err(Broken::new(FaultKind::Unknown, says, open.at));
        };
        // Where a schema lies is said for editors.
        for other in open.attributes.iter().filter(|attribute| attribute.space != Space::Instance) {
            self.wrong(unknown_attribute(other.name, open.name, other.at))?;
        }
        self.members(group, &mut members, depth)?;
        Ok(Value::Object(members))
    }

    /// The child elements up to the closing tag.
    fn members(&mut self, group: &'static Group, members: &mut Map<String, Value>, depth: usize) -> Read<()> {
        if depth > self.depth {
            return Err(Broken::new(
                FaultKind::TooDeep,
                both!("the document is nested too deeply", "内容嵌套太深，请减少层次"),
                self.tokens.at(),
            ));
        }
        let is_resource = Definitions::r4().is_resource_type(group.path);
        let mut before = 0;
        let mut run: Option<Run<'a>> = None;
        loop {
            let open = match self.tokens.next()? {
                Token::Open(open) => open,
                Token::Text { text, .. } if is_blank(&text) => continue,
                Token::Text { text, at } => {
                    self.wrong(stray(&text, at))?;
                    continue;
                }
                Token::Close { .. } | Token::End => break,
            };
            self.room.element(open.at)?;
            let child = group.child(open.name).filter(|_| is_resource || !is_attribute(group, open.name));
            let Some(child) = child else {
                self.unknown(group, &open, members)?;
                continue;
            };
            let place = group.elements().iter().position(|element| std::ptr::eq(element, child.element)).unwrap_or(0);
            if place < before {
                let says = both!(
                    "`{}` stands too late: R4 has it before what came",
                    "`{}` 的位置太靠后：按 R4 的顺序它应在前面",
                    open.name
                );
                self.wrong(Broken::new(FaultKind::Unknown, says, open.at).within(open.name, None))?;
            }
            before = before.max(place);
            let mut current = match run.take() {
                Some(current) if current.key == open.name => current,
                other => {
                    if let Some(done) = other {
                        done.store(members);
                    }
                    match self.faults {
                        Some(_) => Run::again(child, open.name, members),
                        None => Run { child, key: open.name, values: Vec::new(), siblings: Vec::new() },
                    }
                }
            };
            let many = child.element.many;
            let index = current.values.len();
            // JSON says it as an array where none stands.
            if index > 0 && !many && self.faults.is_none() {
                let says = both!("`{}` stands twice; it may stand once", "`{}` 出现了两次，只能有一个", open.name);
                return Err(Broken::new(FaultKind::Unknown, says, open.at).within(open.name, None));
            }
            let since = self.gathered();
            let (value, sibling) = self
                .child(child.kind, &open, depth + 1 + usize::from(many))
                .map_err(|broken| broken.within(open.name, many.then_some(index)))?;
            self.inside(since, open.name, many.then_some(index));
            // What could not be read was told.
            if !value.is_null() || !sibling.is_null() {
                current.values.push(value);
                current.siblings.push(sibling);
            }
            run = Some(current);
        }
        if let Some(done) = run {
            done.store(members);
        }
        Ok(())
    }

    /// An element that the definition has not. JSON says it by its key, unless that would be another.
    fn unknown(&mut self, group: &Group, open: &Open<'a>, members: &mut Map<String, Value>) -> Read<()> {
        let broken = unknown(group, open);
        if self.faults.is_none() {
            return Err(broken);
        }
        let is_other = open.space == self.fhir
            && open.name != "resourceType"
            && !open.name.starts_with('_')
            && group.child(open.name).is_none();
        if is_other {
            let value = open.attributes.iter().find(|attribute| attribute.name == "value");
            let value = value.map_or_else(|| Value::Object(Map::new()), |value| value.value.as_ref().into());
            members.insert(open.name.to_owned(), value);
        } else {
            self.wrong(broken)?;
        }
        self.pass()
    }

    /// One element: its value, and what a primitive has beside it.
    fn child(&mut self, kind: ChildKind, open: &Open<'a>, depth: usize) -> Read<(Value, Value)> {
        if kind == ChildKind::Primitive("xhtml") {
            if open.space != Space::Xhtml {
                let says = both!("a narrative is of the namespace {}", "叙述的命名空间应是 {}", crate::XHTML);
                self.wrong(Broken::new(FaultKind::Unknown, says, open.at))?;
                self.pass()?;
                return Ok((Value::Null, Value::Null));
            }
            let text = narrative::read(&mut self.tokens, open, &mut self.room)?;
            return Ok((Value::String(text), Value::Null));
        }
        if open.space != self.fhir {
            let says = both!("`{}` is not of FHIR's namespace", "`{}` 不在 FHIR 的命名空间中，请核对 xmlns", open.name);
            self.wrong(Broken::new(FaultKind::Unknown, says, open.at))?;
            self.pass()?;
            return Ok((Value::Null, Value::Null));
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
                        self.wrong(unknown_attribute(attribute.name, open.name, attribute.at))?;
                        continue;
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
        for other in &open.attributes {
            self.wrong(unknown_attribute(other.name, open.name, other.at))?;
        }
        let mut found = None;
        loop {
            match self.tokens.next()? {
                Token::Open(inner) if found.is_none() => {
                    self.room.element(inner.at)?;
                    found = Some(self.resource(&inner, depth)?);
                }
                Token::Open(inner) => {
                    let says = both!(
                        "`{}` holds one resource; this is a second",
                        "`{}` 中只能有一个资源，这是第二个",
                        open.name
                    );
                    self.wrong(Broken::new(FaultKind::Unknown, says, inner.at))?;
                    self.pass()?;
                }
                Token::Text { text, .. } if is_blank(&text) => {}
                Token::Text { text, at } => self.wrong(stray(&text, at))?,
                Token::Close { .. } | Token::End => break,
            }
        }
        if found.is_none() {
            self.wrong(Broken::new(FaultKind::Value, both!("there is no resource in it", "其中没有资源"), open.at))?;
        }
        Ok(found.unwrap_or_default())
    }

    fn primitive(&mut self, kind: &'static str, open: &Open<'a>, depth: usize) -> Read<(Value, Value)> {
        let mut value = Value::Null;
        let mut beside = Map::new();
        for attribute in &open.attributes {
            match (attribute.name, &attribute.space) {
                ("value", Space::None) => {
                    value = match primitive::value(kind, &attribute.value) {
                        Ok(value) => value,
                        // JSON says it as a text where another value stands.
                        Err(_) if self.faults.is_some() => attribute.value.as_ref().into(),
                        Err(expected) => {
                            let shown: String = attribute.value.chars().take(60).collect();
                            let says =
                                both!("{} is expected, this is `{shown}`", "此处应是{}，现在是 `{shown}`", expected);
                            return Err(Broken::new(FaultKind::Value, says, attribute.at));
                        }
                    };
                }
                ("id", Space::None) => {
                    beside.insert("id".to_owned(), attribute.value.as_ref().into());
                }
                _ => self.wrong(unknown_attribute(attribute.name, open.name, attribute.at))?,
            }
        }
        let Some(element) = Definitions::r4().group("Element") else { return Err(unknown_type("Element", open.at)) };
        self.members(element, &mut beside, depth)?;
        if value.is_null() && beside.is_empty() {
            let says = both!(
                "an element has a value, an id or extensions; this one is empty",
                "元素应有 value、id 或扩展，这个元素是空的，请删去"
            );
            self.wrong(Broken::new(FaultKind::Value, says, open.at))?;
        }
        Ok((value, if beside.is_empty() { Value::Null } else { Value::Object(beside) }))
    }
}

impl<'g> Run<'g> {
    /// The elements of a key, with those of it that came before others: those that stand too late belong to them.
    fn again(child: Child<'g>, key: &'g str, members: &mut Map<String, Value>) -> Self {
        let mut values = list(members.shift_remove(key));
        let mut siblings = list(members.shift_remove(format!("_{key}").as_str()));
        let count = values.len().max(siblings.len());
        values.resize(count, Value::Null);
        siblings.resize(count, Value::Null);
        Self { child, key, values, siblings }
    }

    /// Puts the elements under their key, and what stands beside their values under `_key`.
    fn store(self, members: &mut Map<String, Value>) {
        let Self { child, key, mut values, mut siblings } = self;
        let is_many = child.element.many || values.len() > 1;
        let has_values = values.iter().any(|value| !value.is_null());
        let has_siblings = siblings.iter().any(|sibling| !sibling.is_null());
        if is_many {
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

fn list(value: Option<Value>) -> Vec<Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(all)) => all,
        Some(one) => vec![one],
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
        path if is_attribute => {
            both!("`{}` of {path} is an attribute, not an element", "{path} 的 `{}` 应写成属性，不是元素", open.name)
        }
        "Element" => both!("`{}` is no element that a primitive value has", "简单类型的值没有元素 `{}`", open.name),
        path => both!(
            "`{}` is no element of {path} in FHIR R4",
            "FHIR R4 的 {path} 没有元素 `{}`，请核对拼写和位置",
            open.name
        ),
    };
    Broken::new(FaultKind::Unknown, says, open.at).within(open.name, None)
}

#[cold]
fn unknown_attribute(name: &str, element: &str, at: usize) -> Box<Broken> {
    Broken::new(
        FaultKind::Unknown,
        both!("`{name}` is no attribute of `{element}`", "`{element}` 没有属性 `{name}`"),
        at,
    )
}

#[cold]
fn unknown_type(path: &str, at: usize) -> Box<Broken> {
    Broken::new(FaultKind::Unknown, both!("{path} is not known", "没有类型 {path}"), at)
}

#[cold]
fn stray(text: &str, at: usize) -> Box<Broken> {
    let shown: String = text.trim().chars().take(40).collect();
    Broken::new(
        FaultKind::Unknown,
        both!("text may not stand between elements: `{shown}`", "元素之间不能有文字：`{shown}`"),
        at,
    )
}
