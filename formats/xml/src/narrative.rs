//! The XHTML of a narrative, which FHIR JSON holds as a string and FHIR XML as elements: kept letter by letter.
//!
//! Two things are rewritten, since the text would otherwise mean something else at the other side. A narrative whose
//! namespaces are declared around it gets them declared in it. And a carriage return, which readers of XML turn into a
//! line feed, crosses as `&#xD;`.

use meridian_model::both;
use meridian_model::language::Both;
use meridian_model::reader::FaultKind;
use quick_xml::escape::resolve_html5_entity;

use crate::fault::{Broken, Read};
use crate::read::Room;
use crate::token::{Open, Space, Token, Tokens};
use crate::{Limits, XHTML, token, tree};

/// How a carriage return is written.
const RETURN: &str = "&#xD;";

/// The text from the tag that was just read to its end.
pub(crate) fn read(tokens: &mut Tokens<'_>, open: &Open<'_>, room: &mut Room) -> Read<String> {
    let outside = tokens.bindings();
    let level = tokens.depth();
    let mut is_own = is_declared_within(tokens, open, level);
    let inherits = open.prefix.is_empty() && !open.declares_default;
    let end = loop {
        match tokens.next()? {
            Token::Open(tag) => {
                room.element(tag.at)?;
                is_own &= is_declared_within(tokens, &tag, level);
                // Without a prefix inside of a prefixed narrative: of the namespace that is the default around it.
                is_own &= !tag.prefix.is_empty() || open.prefix.is_empty() || tag.declares_default;
            }
            Token::Text { .. } => {}
            Token::Close { end } if tokens.depth() < level => break end,
            Token::Close { .. } => {}
            Token::End => {
                return Err(Broken::new(FaultKind::Xml, both!("the document ends too early", "文档没有写完"), open.at));
            }
        }
    };
    let source = tokens.source.get(open.at..end).unwrap_or_default();
    let text = if is_own {
        let text = token::lines(source.into()).into_owned();
        if inherits { declared(&text) } else { text }
    } else {
        let mut inner = tokens.inside(source, outside);
        let element = tree::first(&mut inner, room)?;
        room.print(&element, open.at)?
    };
    Ok(if text.contains(RETURN) { text.replace(RETURN, "\r") } else { text })
}

/// Whether the prefixes of a tag are bound in the narrative and not around it.
fn is_declared_within(tokens: &Tokens<'_>, tag: &Open<'_>, level: usize) -> bool {
    let mut prefixes = tag.attributes.iter().map(|attribute| attribute.prefix).chain([tag.prefix]);
    prefixes.all(|prefix| matches!(prefix, "" | "xml") || tokens.bound_at(prefix) >= level)
}

/// `<div` with the namespace of XHTML as the default one.
fn declared(text: &str) -> String {
    format!("<div xmlns=\"{XHTML}\"{}", text.strip_prefix("<div").unwrap_or_default())
}

/// The narrative of a JSON string as it stands in XML, or why it can't.
pub(crate) fn write(text: &str, out: &mut String) -> Result<(), Both> {
    let text = text.trim_matches(token::is_space);
    let mut found = root(text);
    let translated;
    let mut text = text;
    // HTML's names of characters are common in narratives; XML doesn't have them without a document type.
    if found.is_err() && text.contains('&') {
        translated = without_names(text);
        text = &translated;
        found = root(text);
    }
    let text = match found? {
        Space::Xhtml => std::borrow::Cow::Borrowed(text),
        Space::None if text.starts_with("<div") => declared(text).into(),
        other => {
            return Err(both!(
                "a narrative is of the namespace {XHTML}, not {}",
                "叙述的命名空间应是 {XHTML}，现在是 {}",
                other.uri()
            ));
        }
    };
    with_returns(&text, out);
    Ok(())
}

/// What stands in markup that is XML, by its first letters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Text,
    Data,
    Comment,
    Instruction,
    Tag,
    /// A value in a tag, up to this quote.
    Value(u8),
}

/// The markup with its carriage returns as a reader of XML gets them back: by number where that can be said. In a tag, a
/// comment and an instruction it can't, and they mean no more there than a line end.
fn with_returns(text: &str, out: &mut String) {
    let mut inside = Inside::Text;
    let (mut from, mut at) = (0, 0);
    while let (Some(byte), Some(rest)) = (text.as_bytes().get(at), text.as_bytes().get(at..)) {
        let (next, long) = match (inside, byte) {
            (_, b'\r') => {
                out.push_str(text.get(from..at).unwrap_or_default());
                out.push_str(match inside {
                    Inside::Text | Inside::Value(_) => RETURN,
                    Inside::Data => "]]>&#xD;<![CDATA[",
                    _ if rest.get(1) == Some(&b'\n') => "",
                    _ => "\n",
                });
                from = at + 1;
                (inside, 1)
            }
            (Inside::Text, b'<') if rest.starts_with(b"<![CDATA[") => (Inside::Data, 9),
            (Inside::Text, b'<') if rest.starts_with(b"<!--") => (Inside::Comment, 4),
            (Inside::Text, b'<') if rest.starts_with(b"<?") => (Inside::Instruction, 2),
            (Inside::Text, b'<') => (Inside::Tag, 1),
            (Inside::Tag, b'>') => (Inside::Text, 1),
            (Inside::Tag, b'"' | b'\'') => (Inside::Value(*byte), 1),
            (Inside::Value(quote), byte) if *byte == quote => (Inside::Tag, 1),
            (Inside::Data, b']') if rest.starts_with(b"]]>") => (Inside::Text, 3),
            (Inside::Comment, b'-') if rest.starts_with(b"-->") => (Inside::Text, 3),
            (Inside::Instruction, b'?') if rest.starts_with(b"?>") => (Inside::Text, 2),
            _ => (inside, 1),
        };
        (inside, at) = (next, at + long);
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

/// The namespace of the `div` that the text consists of.
fn root(text: &str) -> Result<Space, Both> {
    let says = |broken: Box<Broken>| {
        let fault = broken.fault(text);
        Both::new(
            format!("the narrative is not XHTML: {fault}"),
            format!("叙述不是合法的 XHTML：{}", fault.message.chinese),
        )
    };
    let mut tokens = Tokens::of(text, &Limits::default()).map_err(says)?;
    let space = match tokens.next().map_err(says)? {
        Token::Open(open) if open.name == "div" && open.at == 0 => open.space,
        _ => return Err(both!("a narrative is one `div`", "叙述应是一个 `div`")),
    };
    loop {
        if matches!(tokens.next().map_err(says)?, Token::End) {
            return Ok(space);
        }
    }
}

/// `&nbsp;` and its like as numbers.
fn without_names(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let name = after.split_once(';').map(|(name, _)| name).filter(|name| name.len() <= 40);
        let is_of_xml = matches!(name, Some("lt" | "gt" | "amp" | "quot" | "apos"));
        match name.filter(|_| !is_of_xml).and_then(resolve_html5_entity) {
            Some(letters) => {
                for letter in letters.chars() {
                    out.push_str(&format!("&#{};", u32::from(letter)));
                }
                rest = after.split_once(';').map_or("", |(_, rest)| rest);
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}
