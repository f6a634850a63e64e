//! Any XML as a tree, for documents that aren't resources: suites, code systems, feeds of others.

use meridian_model::reader::{Fault, FaultKind, Position};

use crate::fault::{Broken, Read};
use crate::read::{decoded, room};
use crate::token::{Token, Tokens};
use crate::{Limits, write::escape};

/// One element with what stands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// The URI; empty for none.
    pub space: String,
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
    /// The URI; empty for none.
    pub space: String,
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
        let element = first(&mut tokens, &mut room(text.len(), limits))?;
        tokens.next()?;
        Ok(element)
    };
    whole(&text).map_err(|broken: Box<Broken>| broken.fault(&text))
}

pub(crate) fn first(tokens: &mut Tokens<'_>, room: &mut usize) -> Read<Element> {
    let mut open: Vec<Element> = Vec::new();
    // Lines are counted along the way, not from the beginning for each element.
    let mut lines = Lines { line: 1, column: 1, seen: 0 };
    loop {
        match tokens.next()? {
            Token::Open(tag) => {
                *room = room
                    .checked_sub(1)
                    .ok_or_else(|| Broken::new(FaultKind::TooLong, "the document has too many elements", tag.at))?;
                let attributes = tag.attributes.iter().map(|attribute| Attribute {
                    space: attribute.space.uri().to_owned(),
                    prefix: attribute.prefix.to_owned(),
                    name: attribute.name.to_owned(),
                    value: attribute.value.as_ref().to_owned(),
                });
                open.push(Element {
                    space: tag.space.uri().to_owned(),
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
            Token::End => return Err(Broken::new(FaultKind::Xml, "there is no element", 0)),
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
        let found = self.attributes.iter().find(|attribute| attribute.name == name && attribute.space.is_empty());
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
        let mut out = String::new();
        self.print("", &mut out);
        out
    }

    fn print(&self, around: &str, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        if self.space != around {
            out.push_str(" xmlns=\"");
            escape(&self.space, out);
            out.push('"');
        }
        for (index, attribute) in self.attributes.iter().enumerate() {
            out.push(' ');
            if !attribute.prefix.is_empty() {
                let before = self.attributes.iter().take(index);
                if attribute.prefix != "xml" && !before.clone().any(|other| other.prefix == attribute.prefix) {
                    out.push_str("xmlns:");
                    out.push_str(&attribute.prefix);
                    out.push_str("=\"");
                    escape(&attribute.space, out);
                    out.push_str("\" ");
                }
                out.push_str(&attribute.prefix);
                out.push(':');
            }
            out.push_str(&attribute.name);
            out.push_str("=\"");
            escape(&attribute.value, out);
            out.push('"');
        }
        if self.nodes.is_empty() {
            return out.push_str("/>");
        }
        out.push('>');
        for node in &self.nodes {
            match node {
                Node::Text(text) => escape_text(text, out),
                Node::Element(element) => element.print(&self.space, out),
            }
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
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
