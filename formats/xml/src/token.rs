//! The tokens of a document: tags with their namespaces, and text. Comments and processing instructions are passed over.
//!
//! `quick-xml` finds the tags; here stands what it leaves open and the specification asks for (one root, names and
//! characters of XML, closed tags at the end), what is never read (document types, entities but the five), and limits.

use std::borrow::Cow;
use std::sync::Arc;

use meridian_model::both;
use meridian_model::language::Both;
use meridian_model::reader::FaultKind;
use quick_xml::errors::IllFormedError;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;
use quick_xml::reader::Reader;
use quick_xml::{Error, XmlVersion};

use crate::fault::{Broken, Read};
use crate::{FHIR, Limits, XHTML};

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// Namespaces that may be in force at once; every name is looked for among them.
const NAMESPACES: usize = 64;
/// Longest URI of a namespace, in bytes: it counts for every name below it.
const LONGEST_NAMESPACE: usize = 256;

/// The namespace of a name. Its text is held once, however many names have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Space {
    None,
    Fhir,
    Xhtml,
    /// `xml:lang` and its like.
    Xml,
    /// XML Schema's attributes of instances.
    Instance,
    Other(Arc<str>),
}

impl Space {
    fn of(uri: &str) -> Self {
        match uri {
            "" => Self::None,
            FHIR => Self::Fhir,
            XHTML => Self::Xhtml,
            XML => Self::Xml,
            XSI => Self::Instance,
            uri => Self::Other(uri.into()),
        }
    }

    /// The URI; empty for none.
    #[must_use]
    pub fn uri(&self) -> &str {
        match self {
            Self::None => "",
            Self::Fhir => FHIR,
            Self::Xhtml => XHTML,
            Self::Xml => XML,
            Self::Instance => XSI,
            Self::Other(uri) => uri,
        }
    }
}

#[derive(Debug)]
pub(crate) enum Token<'a> {
    Open(Open<'a>),
    Close {
        /// Behind the closing tag.
        end: usize,
    },
    Text {
        text: Cow<'a, str>,
        at: usize,
    },
    /// After the root was closed, and nothing but white space, comments and instructions came.
    End,
}

/// An opening tag. Declarations of namespaces are not among its attributes.
#[derive(Debug)]
pub(crate) struct Open<'a> {
    pub(crate) space: Space,
    pub(crate) prefix: &'a str,
    pub(crate) name: &'a str,
    pub(crate) attributes: Vec<Attribute<'a>>,
    /// Where the tag begins.
    pub(crate) at: usize,
    /// Whether it declares the default namespace itself.
    pub(crate) declares_default: bool,
}

#[derive(Debug)]
pub(crate) struct Attribute<'a> {
    pub(crate) space: Space,
    pub(crate) prefix: &'a str,
    pub(crate) name: &'a str,
    pub(crate) value: Cow<'a, str>,
    pub(crate) at: usize,
}

/// A prefix and what it stands for, since which depth.
#[derive(Debug, Clone)]
pub(crate) struct Binding<'a> {
    prefix: &'a str,
    space: Space,
    depth: usize,
}

pub(crate) struct Tokens<'a> {
    pub(crate) source: &'a str,
    reader: Reader<&'a [u8]>,
    bindings: Vec<Binding<'a>>,
    /// Of open tags.
    depth: usize,
    /// The end of a tag that closes itself.
    empty: Option<usize>,
    seen_root: bool,
    most_attributes: usize,
    deepest: usize,
}

impl<'a> Tokens<'a> {
    /// # Errors
    /// A character that XML doesn't have.
    pub(crate) fn of(source: &'a str, limits: &Limits) -> Read<Self> {
        if let Some(at) = forbidden(source) {
            let letter = source.get(at..).and_then(|rest| rest.chars().next()).unwrap_or_default();
            let code = format!("{:04X}", u32::from(letter));
            let says = both!("the character U+{code} may not stand in XML", "XML 中不能有字符 U+{code}");
            return Err(Broken::new(FaultKind::Xml, says, at));
        }
        Ok(Self {
            source,
            reader: Reader::from_str(source),
            bindings: vec![Binding { prefix: "xml", space: Space::Xml, depth: 0 }],
            depth: 0,
            empty: None,
            seen_root: false,
            most_attributes: limits.attributes,
            // Two for each level of the value: a resource stands inside of the element that holds it.
            deepest: limits.depth.saturating_mul(2),
        })
    }

    /// Behind what was read.
    pub(crate) fn at(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// A part of the document by itself, with the namespaces around it.
    pub(crate) fn inside(&self, source: &'a str, bindings: Vec<Binding<'a>>) -> Self {
        let bindings = bindings.into_iter().map(|binding| Binding { depth: 0, ..binding }).collect();
        let reader = Reader::from_str(source);
        Self { source, reader, bindings, depth: 0, empty: None, seen_root: false, ..*self }
    }

    /// How many tags are open.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    pub(crate) fn bindings(&self) -> Vec<Binding<'a>> {
        self.bindings.clone()
    }

    /// The depth at which a prefix was bound.
    pub(crate) fn bound_at(&self, prefix: &str) -> usize {
        self.bindings.iter().rev().find(|binding| binding.prefix == prefix).map_or(0, |binding| binding.depth)
    }

    pub(crate) fn next(&mut self) -> Read<Token<'a>> {
        if let Some(end) = self.empty.take() {
            self.leave();
            return Ok(Token::Close { end });
        }
        loop {
            let at = self.at();
            let event = self.reader.read_event().map_err(|error| self.not_xml(&error, at))?;
            match event {
                Event::Start(tag) => {
                    let name = tag.name().as_ref().len();
                    return self.open(at, name).map(Token::Open);
                }
                Event::Empty(tag) => {
                    let name = tag.name().as_ref().len();
                    let open = self.open(at, name)?;
                    self.empty = Some(self.at());
                    return Ok(Token::Open(open));
                }
                Event::End(_) => {
                    self.leave();
                    return Ok(Token::Close { end: self.at() });
                }
                Event::Text(text) => {
                    let text = lines(text.into_inner());
                    if text.contains("]]>") {
                        return Err(Broken::new(
                            FaultKind::Xml,
                            both!("`]]>` may not stand in text", "文字中不能有 `]]>`"),
                            at,
                        ));
                    }
                    if self.depth > 0 {
                        return Ok(Token::Text { text, at });
                    }
                    if !is_blank(&text) {
                        return Err(Broken::new(
                            FaultKind::Xml,
                            both!("there is text outside of the root element", "根元素之外有文字"),
                            at,
                        ));
                    }
                }
                Event::CData(text) if self.depth > 0 => return Ok(Token::Text { text: lines(text.into_inner()), at }),
                Event::GeneralRef(name) if self.depth > 0 => {
                    let letter = reference(&name.into_inner(), at)?;
                    return Ok(Token::Text { text: letter.into(), at });
                }
                Event::CData(_) | Event::GeneralRef(_) => {
                    return Err(Broken::new(
                        FaultKind::Xml,
                        both!("there is text outside of the root element", "根元素之外有文字"),
                        at,
                    ));
                }
                Event::Comment(_) => {}
                Event::PI(instruction) => {
                    if instruction.target().eq_ignore_ascii_case("xml") {
                        let says =
                            both!("an XML declaration stands at the beginning or nowhere", "XML 声明只能放在开头");
                        return Err(Broken::new(FaultKind::Xml, says, at));
                    }
                }
                Event::Decl(declaration) => {
                    if at > 0 {
                        let says =
                            both!("an XML declaration stands at the beginning or nowhere", "XML 声明只能放在开头");
                        return Err(Broken::new(FaultKind::Xml, says, at));
                    }
                    if !matches!(declaration.version(), Ok(version) if version == "1.0") {
                        return Err(Broken::new(
                            FaultKind::Xml,
                            both!("XML 1.0 is read, no other version", "只支持 XML 1.0"),
                            at,
                        ));
                    }
                }
                Event::DocType(_) => {
                    let says = both!(
                        "a document type (`<!DOCTYPE`) is never read: send the document without it",
                        "XML 中不能有 DOCTYPE 或实体，请删去"
                    );
                    return Err(Broken::new(FaultKind::Doctype, says, at));
                }
                Event::Eof if self.depth > 0 || !self.seen_root => {
                    let says = if self.seen_root {
                        both!("the document ends too early", "文档没有写完")
                    } else {
                        both!("there is no element", "内容中没有元素")
                    };
                    return Err(Broken::new(FaultKind::Xml, says, self.source.len()));
                }
                Event::Eof => return Ok(Token::End),
            }
        }
    }

    fn open(&mut self, at: usize, name_length: usize) -> Read<Open<'a>> {
        if self.depth == 0 && self.seen_root {
            return Err(Broken::new(
                FaultKind::Xml,
                both!("there is more than one root element", "有不止一个根元素"),
                at,
            ));
        }
        self.seen_root = true;
        self.depth += 1;
        if self.depth > self.deepest {
            return Err(Broken::new(
                FaultKind::TooDeep,
                both!("the document is nested too deeply", "内容嵌套太深，请减少层次"),
                at,
            ));
        }
        // The event borrows from the reader; the same tag taken from the source lives as long as the document.
        let tag = self.source.get(at + 1..self.at().saturating_sub(1)).unwrap_or_default();
        let tag = tag.strip_suffix('/').unwrap_or(tag);
        let whole = tag.get(..name_length).unwrap_or_default();
        let (prefix, name) = split(whole).ok_or_else(|| no_name(whole, at))?;
        let (attributes, declares_default) = self.attributes(tag, name_length, at + 1)?;
        let space = self.space(prefix, true, at)?;
        Ok(Open { space, prefix, name, attributes, at, declares_default })
    }

    fn attributes(&mut self, tag: &'a str, from: usize, begin: usize) -> Read<(Vec<Attribute<'a>>, bool)> {
        let mut found: Vec<Attribute<'a>> = Vec::new();
        let mut declares_default = false;
        for (count, item) in Attributes::new(tag, from).enumerate() {
            let item = item.map_err(|error| self.not_xml(&Error::InvalidAttr(error), begin))?;
            let whole = item.key.0;
            let at = begin + (whole.as_ptr() as usize).saturating_sub(tag.as_ptr() as usize);
            if count >= self.most_attributes {
                let says =
                    both!("an element has at most {} attributes", "一个元素最多有 {} 个属性", self.most_attributes);
                return Err(Broken::new(FaultKind::TooLong, says, at));
            }
            let spaced = self.source.get(..at).is_some_and(|before| before.ends_with(is_space));
            let (prefix, name) = split(whole).filter(|_| spaced).ok_or_else(|| no_name(whole, at))?;
            let value = self.value(item.value, at)?;
            if prefix.is_empty() && name == "xmlns" {
                declares_default = true;
                self.bind("", &value, at)?;
            } else if prefix == "xmlns" {
                self.bind(name, &value, at)?;
            } else {
                found.push(Attribute { space: Space::None, prefix, name, value, at });
            }
        }
        // Declarations count for all attributes of their tag, also for those before them.
        for index in 0..found.len() {
            let Some((prefix, at)) = found.get(index).map(|attribute| (attribute.prefix, attribute.at)) else { break };
            if prefix.is_empty() {
                continue;
            }
            let space = self.space(prefix, false, at)?;
            let name = found.get(index).map(|attribute| attribute.name);
            if found.iter().any(|other| Some(other.name) == name && other.space == space) {
                return Err(Broken::new(
                    FaultKind::Xml,
                    both!("the same attribute stands twice in one element", "同一元素中有两个相同的属性，请只留一个"),
                    at,
                ));
            }
            if let Some(attribute) = found.get_mut(index) {
                attribute.space = space;
            }
        }
        Ok((found, declares_default))
    }

    fn value(&self, raw: Cow<'a, str>, at: usize) -> Read<Cow<'a, str>> {
        if raw.contains('<') {
            return Err(Broken::new(
                FaultKind::Xml,
                both!("`<` may not stand in the value of an attribute", "属性值中不能有 `<`"),
                at,
            ));
        }
        let needs = |b: u8| matches!(b, b'&' | b'\t' | b'\n' | b'\r');
        if !raw.bytes().any(needs) {
            return Ok(raw);
        }
        for (start, _) in raw.match_indices('&') {
            let rest = raw.get(start + 1..).unwrap_or_default();
            let name = rest.split_once(';').map_or(rest.get(..1).unwrap_or_default(), |(name, _)| name);
            reference(name, at)?;
        }
        let raw = quick_xml::events::attributes::Attribute { key: quick_xml::name::QName("value"), value: raw };
        raw.normalized_value(XmlVersion::Explicit1_0).map_err(|error| self.not_xml(&error, at))
    }

    fn bind(&mut self, prefix: &'a str, uri: &str, at: usize) -> Read<()> {
        if uri.len() > LONGEST_NAMESPACE {
            let says = both!(
                "the URI of a namespace has at most {LONGEST_NAMESPACE} bytes",
                "命名空间最长 {LONGEST_NAMESPACE} 字节"
            );
            return Err(Broken::new(FaultKind::TooLong, says, at));
        }
        let space = Space::of(uri);
        let is_reserved = prefix == "xmlns" || uri == XMLNS || (prefix == "xml") != (space == Space::Xml);
        if is_reserved || (space == Space::None && !prefix.is_empty()) {
            let says =
                both!("the prefix `{prefix}` can't be bound to \"{uri}\"", "前缀 `{prefix}` 不能绑定到 \"{uri}\"");
            return Err(Broken::new(FaultKind::Xml, says, at));
        }
        if self.bindings.len() >= NAMESPACES {
            return Err(Broken::new(FaultKind::TooLong, both!("there are too many namespaces", "命名空间太多"), at));
        }
        self.bindings.push(Binding { prefix, space, depth: self.depth });
        Ok(())
    }

    fn space(&self, prefix: &str, is_element: bool, at: usize) -> Read<Space> {
        if prefix.is_empty() && !is_element {
            return Ok(Space::None);
        }
        match self.bindings.iter().rev().find(|binding| binding.prefix == prefix) {
            Some(binding) => Ok(binding.space.clone()),
            None if prefix.is_empty() => Ok(Space::None),
            None => Err(Broken::new(
                FaultKind::Xml,
                both!("the prefix `{prefix}` is not declared", "前缀 `{prefix}` 没有声明"),
                at,
            )),
        }
    }

    fn leave(&mut self) {
        while self.bindings.last().is_some_and(|binding| binding.depth >= self.depth) {
            self.bindings.pop();
        }
        self.depth = self.depth.saturating_sub(1);
    }

    #[cold]
    fn not_xml(&self, error: &Error, at: usize) -> Box<Broken> {
        let says = match error {
            Error::IllFormed(fault) => fault.to_string(),
            Error::Syntax(fault) => fault.to_string(),
            Error::InvalidAttr(fault) => {
                // The library's position counts from the tag; ours is printed with the fault.
                let text = fault.to_string();
                text.split_once(": ").map_or(text.clone(), |(_, says)| says.to_owned())
            }
            other => other.to_string(),
        };
        let at = usize::try_from(self.reader.error_position()).unwrap_or(at).max(at);
        let chinese = chinese(error);
        Broken::new(
            FaultKind::Xml,
            Both::new(format!("this is not XML: {says}"), format!("内容不是合法的 XML：{chinese}")),
            at,
        )
    }
}

/// What the library says in English, for who reads Chinese.
fn chinese(error: &Error) -> String {
    match error {
        Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            format!("此处应是结束标签 `</{expected}>`，现在是 `</{found}>`")
        }
        Error::IllFormed(IllFormedError::MissingEndTag(tag)) => format!("缺少结束标签 `</{tag}>`"),
        Error::IllFormed(IllFormedError::UnmatchedEndTag(tag)) => format!("结束标签 `</{tag}>` 没有对应的开始标签"),
        Error::Syntax(_) => "有标签、注释或 CDATA 没有写完，请检查 `<` 与 `>`".to_owned(),
        Error::InvalidAttr(_) => "属性写法不对，请检查 `=` 和引号，以及属性是否重复".to_owned(),
        Error::Escape(_) => "`&` 的转义写法不对，请写成 `&amp;`".to_owned(),
        _ => "请检查此处的标签和引号".to_owned(),
    }
}

/// `name` or `prefix:name`, where both are names of XML.
fn split(whole: &str) -> Option<(&str, &str)> {
    match whole.split_once(':') {
        Some((prefix, name)) => (is_name(prefix) && is_name(name)).then_some((prefix, name)),
        None => is_name(whole).then_some(("", whole)),
    }
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    first && letters.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}'))
}

fn no_name(text: &str, at: usize) -> Box<Broken> {
    let shown: String = text.chars().take(40).collect();
    Broken::new(
        FaultKind::Xml,
        both!("`{shown}` is no name of XML, or stands where none may", "`{shown}` 不是 XML 的名称，或位置不对"),
        at,
    )
}

/// The character behind `&name;`.
fn reference(name: &str, at: usize) -> Read<String> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'));
    let letter = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        name => match name.strip_prefix("#x").map(|digits| number(digits, 16)) {
            Some(code) => code.and_then(char::from_u32),
            None => name.strip_prefix('#').and_then(|digits| number(digits, 10)).and_then(char::from_u32),
        },
    };
    match letter {
        Some(letter) if is_char(letter) => Ok(letter.to_string()),
        Some(letter) => {
            let code = format!("{:04X}", u32::from(letter));
            let says = both!("the character U+{code} may not stand in XML", "XML 中不能有字符 U+{code}");
            Err(Broken::new(FaultKind::Xml, says, at))
        }
        None => {
            let shown: String = name.chars().take(40).collect();
            let says = both!(
                "`&{shown};` is not read: XML without a document type has lt, gt, amp, quot and apos",
                "不支持 `&{shown};`：XML 只有 lt、gt、amp、quot 和 apos 这几个实体"
            );
            Err(Broken::new(FaultKind::Doctype, says, at))
        }
    }
}

/// What XML 1.0 has for characters.
pub(crate) fn is_char(letter: char) -> bool {
    !matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// The place of the first character that XML does not have.
pub(crate) fn forbidden(text: &str) -> Option<usize> {
    // Nearly all text has none of the bytes that such a character begins with.
    let suspect = |b: u8| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0xef;
    if !text.bytes().any(suspect) {
        return None;
    }
    text.char_indices().find(|(_, letter)| !is_char(*letter)).map(|(at, _)| at)
}

pub(crate) fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(is_space)
}

/// Line ends as every reader of XML hands them on: `\n`.
pub(crate) fn lines(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text }
}
