//! A message that was read, and the segments in it.

use std::fmt;

use crate::{Delimiters, Part, Path, charset::Charset};

/// One message: its text in normal form (every segment ended by CR) with the places of its segments.
///
/// Two messages are equal when their text is. `Debug` shows segment names only: the rest is about a person.
#[derive(Clone)]
pub struct Message {
    pub(crate) text: String,
    /// Start and end of each segment within `text`, without the CR.
    pub(crate) spans: Vec<(usize, usize)>,
    pub(crate) delims: Delimiters,
    pub(crate) remarks: Vec<Remark>,
}

/// Something that the reader tolerated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// A line that begins with no segment name was taken as the continuation of segment `n` (from 1).
    Continued(usize),
    /// Segments before MSH that belong to a batch (FHS, BHS) were skipped.
    BatchHeader,
}

impl Message {
    /// The encoding characters of MSH-1 and MSH-2.
    #[must_use]
    pub fn delimiters(&self) -> &Delimiters {
        &self.delims
    }

    /// What was tolerated while reading.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// All segments in order, Z segments too.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = Segment<'_>> {
        self.spans
            .iter()
            .map(|(start, end)| Segment { raw: self.text.get(*start..*end).unwrap_or_default(), delims: &self.delims })
    }

    /// The segments of one name, in order.
    pub fn segments<'m>(&'m self, name: &'m str) -> impl Iterator<Item = Segment<'m>> {
        self.all().filter(move |segment| segment.name() == name)
    }

    /// The first segment of that name.
    #[must_use]
    pub fn segment(&self, name: &str) -> Option<Segment<'_>> {
        self.all().find(|segment| segment.name() == name)
    }

    /// The first segment of that name, or an empty one, so that paths can be walked freely.
    #[must_use]
    pub fn first(&self, name: &str) -> Segment<'_> {
        self.segment(name).unwrap_or(Segment { raw: "", delims: &self.delims })
    }

    /// The text at a place such as `PID-5.1` (first segment of that name), escapes resolved.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<String> {
        let path = Path::parse(path)?;
        self.segment(&path.segment)?.at(&path).text().map(std::borrow::Cow::into_owned)
    }

    /// MSH-9.1 and MSH-9.2, e.g. `("ADT", "A01")`; empty where missing.
    #[must_use]
    pub fn kind(&self) -> (String, String) {
        let kind = self.first("MSH").field(9);
        let text = |n| kind.comp(n).text().map(|t| t.trim().to_owned()).unwrap_or_default();
        (text(1), text(2))
    }

    /// MSH-10.
    #[must_use]
    pub fn control_id(&self) -> Option<String> {
        self.first("MSH").field(10).text().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty())
    }

    /// The message in normal form: each segment followed by CR.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The message in a character set; the flag tells whether a character had no place in it.
    #[must_use]
    pub fn to_bytes(&self, charset: Charset) -> (Vec<u8>, bool) {
        charset.encode(&self.text)
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Message {}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all().map(|segment| segment.name())).finish()
    }
}

/// A view of one segment; cheap to copy.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    raw: &'a str,
    delims: &'a Delimiters,
}

impl<'a> Segment<'a> {
    /// `PID`, `OBX`, `ZPD`; empty for the absent segment of [`Message::first`].
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.raw.get(..3).unwrap_or_default()
    }

    /// As it stands in the message.
    #[must_use]
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// Field `n` as the standard numbers it (MSH-1 is the separator itself, MSH-2 the encoding characters).
    #[must_use]
    pub fn field(&self, n: usize) -> Part<'a> {
        let header = matches!(self.name(), "MSH" | "FHS" | "BHS");
        if header && n == 1 {
            let width = self.delims.field.len_utf8();
            return Part::opaque(self.raw.get(3..3 + width).unwrap_or_default(), self.delims);
        }
        let skip = if header { n.checked_sub(1).filter(|n| *n > 0) } else { Some(n).filter(|n| *n > 0) };
        let raw = skip.and_then(|skip| self.raw.split(self.delims.field).nth(skip)).unwrap_or_default();
        if header && n == 2 { Part::opaque(raw, self.delims) } else { Part::field(raw, self.delims) }
    }

    /// The number of the last field that the sender wrote.
    #[must_use]
    pub fn fields(&self) -> usize {
        let bars = self.raw.matches(self.delims.field).count();
        if matches!(self.name(), "MSH" | "FHS" | "BHS") { bars + 1 } else { bars }
    }

    /// The part at a path; its segment name is not compared.
    #[must_use]
    pub fn at(&self, path: &Path) -> Part<'a> {
        let part = self.field(path.field);
        let part = if path.rep > 1 || path.comp.is_some() { part.rep(path.rep) } else { part };
        let part = path.comp.map_or(part, |n| part.comp(n));
        path.sub.map_or(part, |n| part.sub(n))
    }
}
