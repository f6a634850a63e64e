//! Any XML as a tree, for documents that aren't resources: suites, code systems, feeds of others.

use meridian_model::both;
use meridian_model::reader::{Fault, FaultKind, Position};

use crate::fault::{Broken, Read};
use crate::read::{Room, decoded};
pub use crate::token::Space;
use crate::token::{Token, Tokens};
use crate::{Limits, write::escape};

/// One element with what stands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    pub space: Space,
    /// Without a prefix.
    pub name: String,
    /// In the order of the document, without declarations of namespaces.
    pub attributes: Vec<Attribute>,
    pub nodes: Vec<Node>,
    /// Where its tag begins.
    pub position: Position,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub space: Space,
    pub prefix: String,
    pub name: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Element(Element),
    Text(String),
}

/// Reads one document.
///
/// # Errors
/// As [`crate::read`], but for what R4 says of elements.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Element, Fault> {
    let text = decoded(bytes, limits)?;
    let whole = |text: &str| {
        let mut tokens = Tokens::of(text, limits)?;
        let element = first(&mut tokens, &mut Room::of(text.len(), limits))?;
        tokens.next()?;
        Ok(element)
    };
    whole(&text).map_err(|broken: Box<Broken>| broken.fault(&text))
}

pub(crate) fn first(tokens: &mut Tokens<'_>, room: &mut Room) -> Read<Element> {
    let mut open: Vec<Element> = Vec::new();
    // Lines are counted along the way, not from the beginning for each element.
    let mut lines = Lines { line: 1, column: 1, seen: 0 };
    loop {
        match tokens.next()? {
            Token::Open(tag) => {
                room.element(tag.at)?;
                let attributes = tag.attributes.iter().map(|attribute| Attribute {
                    space: attribute.space.clone(),
                    prefix: attribute.prefix.to_owned(),
                    name: attribute.name.to_owned(),
                    value: attribute.value.as_ref().to_owned(),
                });
                open.push(Element {
                    space: tag.space,
                    name: tag.name.to_owned(),
                    attributes: attributes.collect(),
                    nodes: Vec::new(),
                    position: lines.at(tokens.source, tag.at),
                });
            }
            Token::Text { text, .. } => {
                let Some(element) = open.last_mut() else { continue };
                match element.nodes.last_mut() {
                    Some(Node::Text(before)) => before.push_str(&text),
                    _ => element.nodes.push(Node::Text(text.into_owned())),
                }
            }
            Token::Close { .. } => {
                let Some(element) = open.pop() else { continue };
                match open.last_mut() {
                    Some(parent) => parent.nodes.push(Node::Element(element)),
                    None => return Ok(element),
                }
            }
            Token::End => return Err(Broken::new(FaultKind::Xml, both!("there is no element", "内容中没有元素"), 0)),
        }
    }
}

/// The place of what is read, moved on from token to token.
struct Lines {
    line: usize,
    column: usize,
    seen: usize,
}

impl Lines {
    fn at(&mut self, source: &str, at: usize) -> Position {
        for letter in source.get(self.seen..at).unwrap_or_default().chars() {
            if letter == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.seen = at;
        Position { line: self.line, column: self.column }
    }
}

impl Element {
    /// The value of an attribute without a prefix.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.name == name && attribute.space == Space::None);
        found.map(|attribute| attribute.value.as_str())
    }

    /// The elements in it.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of this name in it.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements().filter(move |element| element.name == name)
    }

    /// The first element of this name in it.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    /// All text in it and in its elements.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.gather(&mut out);
        out
    }

    fn gather(&self, out: &mut String) {
        for node in &self.nodes {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Element(element) => element.gather(out),
            }
        }
    }

    /// The element as a document of its own, its namespace the default one: a resource in it can be read with
    /// [`crate::read`].
    #[must_use]
    pub fn to_xml(&self) -> String {
        self.to_xml_within(usize::MAX).unwrap_or_default()
    }

    /// The same, if it has about so many bytes at most.
    pub(crate) fn to_xml_within(&self, most: usize) -> Option<String> {
        let mut printer = Printer { out: String::new(), most, bound: Vec::new() };
        printer.element(self, &Space::None).then_some(printer.out)
    }
}

struct Printer<'e> {
    out: String,
    most: usize,
    /// The prefixes that are in force, and what for.
    bound: Vec<(&'e str, &'e Space)>,
}

impl<'e> Printer<'e> {
    /// False when it is too long.
    fn element(&mut self, element: &'e Element, around: &Space) -> bool {
        let outside = self.bound.len();
        self.out.push('<');
        self.out.push_str(&element.name);
        if element.space != *around {
            self.out.push_str(" xmlns=\"");
            escape(element.space.uri(), &mut self.out);
            self.out.push('"');
        }
        for attribute in &element.attributes {
            self.out.push(' ');
            if !attribute.prefix.is_empty() {
                self.bind(&attribute.prefix, &attribute.space);
                self.out.push_str(&attribute.prefix);
                self.out.push(':');
            }
            self.out.push_str(&attribute.name);
            self.out.push_str("=\"");
            escape(&attribute.value, &mut self.out);
            self.out.push('"');
            if self.out.len() > self.most {
                return false;
            }
        }
        if element.nodes.is_empty() {
            self.out.push_str("/>");
        } else {
            self.out.push('>');
            for node in &element.nodes {
                match node {
                    Node::Text(text) => escape_text(text, &mut self.out),
                    Node::Element(inner) if !self.element(inner, &element.space) => return false,
                    Node::Element(_) => {}
                }
            }
            self.out.push_str("</");
            self.out.push_str(&element.name);
            self.out.push('>');
        }
        self.bound.truncate(outside);
        self.out.len() <= self.most
    }

    /// Declares a prefix where it does not mean this already.
    fn bind(&mut self, prefix: &'e str, space: &'e Space) {
        let means = self.bound.iter().rev().find(|(other, _)| *other == prefix).map(|(_, space)| *space);
        if prefix == "xml" || means == Some(space) {
            return;
        }
        self.bound.push((prefix, space));
        self.out.push_str("xmlns:");
        self.out.push_str(prefix);
        self.out.push_str("=\"");
        escape(space.uri(), &mut self.out);
        self.out.push_str("\" ");
    }
}

/// Text between tags.
fn escape_text(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            letter => out.push(letter),
        }
    }
}
